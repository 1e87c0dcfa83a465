//! `iceoryx2-peer publish-subscribe|event|event-one-cpu`: a message of 64 bytes, or a notification,
//! to another process and back, on CPU 0 and 1 (or where it was started), by iceoryx2; prints the
//! median nanoseconds of a round trip, of batches of 64 or of single ones.

use std::process::{Child, Command};
use std::time::Instant;

use iceoryx2::prelude::*;

const BATCH: u32 = 64;
const BATCHES: usize = 400;
const WARM_UP: usize = 20;
const SINGLES: usize = 500;

/// The words of whoever answers a notification: on a CPU of its own, or not.
const APART: &str = "event-answer";
const TOGETHER: &str = "event-answer-together";

type Failure = Box<dyn std::error::Error>;

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

fn pin(cpu: usize) {
    let mut set = nix::sched::CpuSet::new();
    let _ = set.set(cpu);
    let _ = nix::sched::sched_setaffinity(nix::unistd::Pid::from_raw(0), &set);
}

fn name(word: &str, number: &str) -> Result<ServiceName, Failure> {
    Ok(format!("shmeter-peer-{word}-{number}").as_str().try_into()?)
}

/// This program again, as the one that answers.
fn other(word: &str, number: &str) -> Result<Child, Failure> {
    Ok(Command::new(std::env::current_exe()?).args([word, number]).spawn()?)
}

type Port = iceoryx2::service::port_factory::publish_subscribe::PortFactory<ipc::Service, [u64; 8], ()>;

fn messages(word: &str, number: &str) -> Result<Port, Failure> {
    let node = NodeBuilder::new().create::<ipc::Service>()?;
    let builder = node.service_builder(&name(word, number)?).publish_subscribe::<[u64; 8]>();
    Ok(builder.max_publishers(1).max_subscribers(1).open_or_create()?)
}

fn publish_subscribe(number: &str) -> Result<f64, Failure> {
    let (there, back) = (messages("there", number)?, messages("back", number)?);
    let (asks, hears) = (there.publisher_builder().create()?, back.subscriber_builder().create()?);
    let mut child = other("publish-subscribe-answer", number)?;
    // Its first message says that it is there.
    while hears.receive()?.is_none() {}
    let mut times = Vec::new();
    for batch in 0..WARM_UP + BATCHES {
        let start = Instant::now();
        for _ in 0..BATCH {
            asks.loan_uninit()?.write_payload([7; 8]).send()?;
            while hears.receive()?.is_none() {}
        }
        if batch >= WARM_UP {
            times.push(start.elapsed().as_secs_f64() * 1e9 / f64::from(BATCH));
        }
    }
    child.wait()?;
    Ok(median(times))
}

fn answer_messages(number: &str) -> Result<(), Failure> {
    let (there, back) = (messages("there", number)?, messages("back", number)?);
    let (hears, answers) = (there.subscriber_builder().create()?, back.publisher_builder().create()?);
    answers.loan_uninit()?.write_payload([0; 8]).send()?;
    for _ in 0..(WARM_UP + BATCHES) * BATCH as usize {
        let asked = loop {
            if let Some(sample) = hears.receive()? {
                break *sample;
            }
        };
        answers.loan_uninit()?.write_payload(asked).send()?;
    }
    Ok(())
}

type Bell = iceoryx2::service::port_factory::event::PortFactory<ipc::Service>;

fn bell(word: &str, number: &str) -> Result<Bell, Failure> {
    let node = NodeBuilder::new().create::<ipc::Service>()?;
    Ok(node.service_builder(&name(word, number)?).event().open_or_create()?)
}

/// On one CPU the other one sleeps whenever this one runs.
fn event(answer: &str, number: &str) -> Result<f64, Failure> {
    let (there, back) = (bell("event-there", number)?, bell("event-back", number)?);
    let (asks, hears) = (there.notifier_builder().create()?, back.listener_builder().create()?);
    let mut child = other(answer, number)?;
    while hears.blocking_wait(|_| ())? == 0 {}
    let mut times = Vec::new();
    for _ in 0..SINGLES {
        // The other one must sleep, or else no sleep is measured.
        let before = Instant::now();
        while answer == APART && before.elapsed().as_nanos() < 20_000 {}
        let start = Instant::now();
        asks.notify()?;
        while hears.blocking_wait(|_| ())? == 0 {}
        times.push(start.elapsed().as_secs_f64() * 1e9);
    }
    child.wait()?;
    Ok(median(times))
}

fn answer_event(number: &str) -> Result<(), Failure> {
    let (there, back) = (bell("event-there", number)?, bell("event-back", number)?);
    let (hears, answers) = (there.listener_builder().create()?, back.notifier_builder().create()?);
    answers.notify()?;
    for _ in 0..SINGLES {
        while hears.blocking_wait(|_| ())? == 0 {}
        answers.notify()?;
    }
    Ok(())
}

fn main() -> Result<(), Failure> {
    set_log_level(LogLevel::Error);
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let own = std::process::id().to_string();
    if !words.iter().any(|word| matches!(*word, "event-one-cpu" | TOGETHER)) {
        pin(usize::from(words.len() > 1));
    }
    match words.as_slice() {
        ["publish-subscribe"] => println!("{:.1}", publish_subscribe(&own)?),
        ["event"] => println!("{:.1}", event(APART, &own)?),
        ["event-one-cpu"] => println!("{:.1}", event(TOGETHER, &own)?),
        ["publish-subscribe-answer", number] => answer_messages(number)?,
        [APART | TOGETHER, number] => answer_event(number)?,
        _ => return Err("publish-subscribe, event or event-one-cpu".into()),
    }
    Ok(())
}
