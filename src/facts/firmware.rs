//! Whether a machine is a guest, of what its firmware says: not every processor has a flag for that.

/// What tells of a hypervisor where no flag of the CPU does, as on aarch64: each empty where it is not there.
#[derive(Clone, Copy, Debug, Default)]
pub struct Firmware<'a> {
    /// Who made the machine (sys_vendor of DMI).
    pub vendor: &'a str,
    /// What they call it (product_name of DMI).
    pub product: &'a str,
    /// The machine in the device tree (`compatible` of its root).
    pub tree: &'a str,
    /// The node `hypervisor` of the device tree.
    pub node: &'a str,
    /// Which one Linux runs under by its own word (type in /sys/hypervisor).
    pub told: &'a str,
}

/// Whether the firmware is that of a hypervisor.
#[must_use]
pub fn is_guest(firmware: Firmware<'_>) -> bool {
    const VENDORS: [&str; 11] = [
        "QEMU",
        "KVM",
        "VMware",
        "innotek",
        "Xen",
        "Bochs",
        "Parallels",
        "OpenStack",
        "Amazon EC2",
        "Google",
        "Alibaba Cloud",
    ];
    const PRODUCTS: [&str; 4] = ["KVM", "Virtual Machine", "VirtualBox", "Standard PC"];
    let Firmware { vendor, product, tree, node, told } = firmware;
    // Whole machines are lent by the same names.
    let whole = product.contains("metal") || product.contains("Bare Metal");
    let virtual_tree = tree.split('\0').any(|name| name == "linux,dummy-virt");
    let virtual_firmware = VENDORS.iter().any(|name| vendor.trim().starts_with(name))
        || PRODUCTS.iter().any(|name| product.contains(name));
    virtual_tree
        || !node.trim().is_empty()
        || !told.trim().is_empty()
        || (virtual_firmware && !whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_guest_is_known_by_its_firmware_and_a_whole_machine_is_none() {
        let none = Firmware::default();
        assert!(!is_guest(none));
        for firmware in [
            Firmware { tree: "linux,dummy-virt\0", ..none },
            Firmware { node: "linux,kvm\0", ..none },
            Firmware { told: "xen\n", ..none },
            Firmware { vendor: "QEMU\n", product: "KVM Virtual Machine\n", ..none },
            Firmware { vendor: "Amazon EC2\n", product: "c7g.large\n", ..none },
            Firmware { vendor: "Microsoft Corporation\n", product: "Virtual Machine\n", ..none },
        ] {
            assert!(is_guest(firmware), "{firmware:?}");
        }
        for firmware in [
            Firmware { vendor: "Amazon EC2\n", product: "c7g.metal\n", ..none },
            Firmware { vendor: "NVIDIA\n", product: "Grace CPU P5042\n", ..none },
            Firmware { tree: "raspberrypi,5-model-b\0brcm,bcm2712\0", ..none },
        ] {
            assert!(!is_guest(firmware), "{firmware:?}");
        }
    }
}
