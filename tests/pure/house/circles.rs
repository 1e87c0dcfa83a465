//! Who leads back to himself.

use std::collections::{BTreeMap, BTreeSet};

type Graph = BTreeMap<String, BTreeSet<String>>;

/// All that can be reached from there, in one step or more.
fn reached<'a>(graph: &'a Graph, from: &str) -> BTreeSet<&'a str> {
    let mut found = BTreeSet::new();
    let mut open: Vec<&str> = vec![from];
    while let Some(one) = open.pop() {
        for other in graph.get(one).into_iter().flatten() {
            if found.insert(other.as_str()) {
                open.push(other);
            }
        }
    }
    found
}

/// Those that lead to each other, sorted, each circle with all that are in it.
pub fn of(graph: &Graph) -> Vec<Vec<String>> {
    let all: BTreeMap<&str, BTreeSet<&str>> =
        graph.keys().map(|one| (one.as_str(), reached(graph, one))).collect();
    let mut circles = BTreeSet::new();
    for (one, reached) in &all {
        let back = |other: &&&str| all.get(**other).is_some_and(|further| further.contains(one));
        let circle: Vec<String> =
            reached.iter().filter(back).map(|other| (*other).into()).collect();
        if circle.len() > 1 {
            circles.insert(circle);
        }
    }
    circles.into_iter().collect()
}

#[test]
fn circles_are_found_with_all_that_are_in_them() {
    let graph = |edges: &[(&str, &str)]| {
        let mut graph = Graph::new();
        for (from, to) in edges {
            graph.entry((*from).to_owned()).or_default().insert((*to).to_owned());
        }
        of(&graph)
    };
    assert_eq!(graph(&[("a", "b"), ("b", "c"), ("a", "c")]), Vec::<Vec<String>>::new());
    assert_eq!(graph(&[("a", "b"), ("b", "c"), ("c", "b"), ("c", "d")]), [["b", "c"]]);
    assert_eq!(graph(&[("a", "b"), ("b", "c"), ("c", "a"), ("d", "a")]), [["a", "b", "c"]]);
}
