//! Names of Arm's CPUs: /proc/cpuinfo tells whose they are and which, as numbers.

/// Whose CPUs have which number (MIDR_EL1.Implementer).
const IMPLEMENTERS: &[(u32, &str)] = &[
    (0x41, "Arm"),
    (0x42, "Broadcom"),
    (0x43, "Cavium"),
    (0x46, "Fujitsu"),
    (0x48, "HiSilicon"),
    (0x4e, "NVIDIA"),
    (0x50, "APM"),
    (0x51, "Qualcomm"),
    (0x53, "Samsung"),
    (0x56, "Marvell"),
    (0x61, "Apple"),
    (0x69, "Intel"),
    (0x6d, "Microsoft"),
    (0x70, "Phytium"),
    (0xc0, "Ampere"),
];

/// Which they are (arch/arm64/include/asm/cputype.h): those of servers and boards that run containers.
const PARTS: &[(u32, u32, &str)] = &[
    // "Q" of nobody: what qemu calls `max`.
    (0x00, 0x051, "QEMU max"),
    (0x41, 0xd03, "Cortex-A53"),
    (0x41, 0xd04, "Cortex-A35"),
    (0x41, 0xd05, "Cortex-A55"),
    (0x41, 0xd07, "Cortex-A57"),
    (0x41, 0xd08, "Cortex-A72"),
    (0x41, 0xd09, "Cortex-A73"),
    (0x41, 0xd0a, "Cortex-A75"),
    (0x41, 0xd0b, "Cortex-A76"),
    (0x41, 0xd0c, "Neoverse N1"),
    (0x41, 0xd0d, "Cortex-A77"),
    (0x41, 0xd0e, "Cortex-A76AE"),
    (0x41, 0xd40, "Neoverse V1"),
    (0x41, 0xd41, "Cortex-A78"),
    (0x41, 0xd42, "Cortex-A78AE"),
    (0x41, 0xd44, "Cortex-X1"),
    (0x41, 0xd46, "Cortex-A510"),
    (0x41, 0xd47, "Cortex-A710"),
    (0x41, 0xd48, "Cortex-X2"),
    (0x41, 0xd49, "Neoverse N2"),
    (0x41, 0xd4a, "Neoverse E1"),
    (0x41, 0xd4b, "Cortex-A78C"),
    (0x41, 0xd4d, "Cortex-A715"),
    (0x41, 0xd4e, "Cortex-X3"),
    (0x41, 0xd4f, "Neoverse V2"),
    (0x41, 0xd80, "Cortex-A520"),
    (0x41, 0xd81, "Cortex-A720"),
    (0x41, 0xd82, "Cortex-X4"),
    (0x41, 0xd83, "Neoverse V3AE"),
    (0x41, 0xd84, "Neoverse V3"),
    (0x41, 0xd85, "Cortex-X925"),
    (0x41, 0xd87, "Cortex-A725"),
    (0x41, 0xd8e, "Neoverse N3"),
    (0x43, 0x0a1, "ThunderX"),
    (0x43, 0x0af, "ThunderX2"),
    (0x46, 0x001, "A64FX"),
    (0x48, 0xd01, "TaiShan v110"),
    (0x4e, 0x004, "Carmel"),
    (0x50, 0x000, "X-Gene"),
    (0x51, 0x001, "Oryon"),
    (0x61, 0x022, "M1 Icestorm"),
    (0x61, 0x023, "M1 Firestorm"),
    (0x61, 0x032, "M2 Blizzard"),
    (0x61, 0x033, "M2 Avalanche"),
    (0xc0, 0xac3, "Ampere-1"),
    (0xc0, 0xac4, "Ampere-1a"),
];

/// The name of a CPU, of the values of `CPU implementer` and `CPU part`, such as `0x41` and `0xd0c`; of one that is
/// not known, what is known of it.
#[must_use]
pub(crate) fn name(implementer: &str, part: &str) -> Option<String> {
    let number = |text: &str| u32::from_str_radix(text.strip_prefix("0x")?, 16).ok();
    let (by, which) = (number(implementer)?, number(part)?);
    let maker = IMPLEMENTERS.iter().find(|(number, _)| *number == by).map(|(_, name)| *name);
    let named = PARTS.iter().find(|(maker, part, _)| (*maker, *part) == (by, which));
    Some(match (maker, named) {
        (Some(maker), Some((_, _, name))) => format!("{maker} {name}"),
        (None, Some((_, _, name))) => (*name).to_owned(),
        (Some(maker), None) => format!("{maker}, part {which:#05x}"),
        (None, None) => format!("unknown (implementer {by:#04x}, part {which:#05x})"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cpu_has_the_name_of_its_numbers_and_an_unknown_one_tells_them() {
        let known = [
            ("0x41", "0xd4f", "Arm Neoverse V2"),
            ("0x41", "0xd0b", "Arm Cortex-A76"),
            ("0xc0", "0xac3", "Ampere Ampere-1"),
            ("0x00", "0x051", "QEMU max"),
            ("0x41", "0xfff", "Arm, part 0xfff"),
            ("0x00", "0x052", "unknown (implementer 0x00, part 0x052)"),
        ];
        for (implementer, part, wanted) in known {
            assert_eq!(name(implementer, part).as_deref(), Some(wanted));
        }
        assert_eq!((name("41", "0xd4f"), name("0x41", "")), (None, None));
    }
}
