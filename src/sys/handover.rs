//! A descriptor that goes to another process beside a message (SCM_RIGHTS, unix(7)).

use std::mem::{MaybeUninit, size_of};
use std::os::fd::{FromRawFd, OwnedFd, RawFd};

use nix::errno::Errno;

/// Room for one descriptor beside a message, aligned as the kernel wants it.
#[repr(align(8))]
struct Beside([u8; 64]);

/// What is sent or received: bytes, and room for one descriptor.
fn message(part: &mut libc::iovec, beside: &mut Beside) -> libc::msghdr {
    // SAFETY: all its fields are numbers and pointers, for which zeros are values too.
    let mut message: libc::msghdr = unsafe { MaybeUninit::zeroed().assume_init() };
    message.msg_iov = part;
    message.msg_iovlen = 1;
    message.msg_control = beside.0.as_mut_ptr().cast();
    message
}

/// Bytes of a descriptor.
fn descriptor() -> u32 {
    u32::try_from(size_of::<RawFd>()).unwrap_or(0)
}

/// Sends a message, and the file with it. It allocates nothing, so a child of a fork may call it.
pub(super) fn send(socket: RawFd, bytes: &[u8], file: Option<RawFd>) {
    let mut part = libc::iovec { iov_base: bytes.as_ptr().cast_mut().cast(), iov_len: bytes.len() };
    let mut beside = Beside([0; 64]);
    let mut message = message(&mut part, &mut beside);
    if let Some(file) = file {
        // SAFETY: it only computes.
        let space = unsafe { libc::CMSG_SPACE(descriptor()) };
        // SAFETY: it only computes.
        let length = unsafe { libc::CMSG_LEN(descriptor()) };
        message.msg_controllen = space.try_into().unwrap_or_default();
        // SAFETY: `message` has its control buffer, which is longer than a header.
        let head = unsafe { libc::CMSG_FIRSTHDR(&raw const message) };
        // SAFETY: the header lies in `beside`, which is aligned for it and lives on.
        let Some(head) = (unsafe { head.as_mut() }) else { return };
        head.cmsg_level = libc::SOL_SOCKET;
        head.cmsg_type = libc::SCM_RIGHTS;
        head.cmsg_len = length.try_into().unwrap_or_default();
        // SAFETY: behind a header of CMSG_LEN there is room for a descriptor.
        let data = unsafe { libc::CMSG_DATA(head) };
        // SAFETY: as above; it need not be aligned.
        unsafe { data.cast::<RawFd>().write_unaligned(file) };
    } else {
        message.msg_control = std::ptr::null_mut();
    }
    // SAFETY: all that the message points to outlives the call. A message that is longer than what the kernel takes at once is cut off.
    unsafe { libc::sendmsg(socket, &raw const message, libc::MSG_NOSIGNAL) };
}

/// Receives the beginning of a message, and the file that comes with it.
///
/// # Errors
/// What recvmsg(2) says; EAGAIN where the time of the socket is up.
#[allow(clippy::useless_conversion)] // a length has another type with another C library
pub(super) fn receive(socket: RawFd, bytes: &mut [u8]) -> Result<(usize, Option<OwnedFd>), Errno> {
    let mut part = libc::iovec { iov_base: bytes.as_mut_ptr().cast(), iov_len: bytes.len() };
    let mut beside = Beside([0; 64]);
    let mut message = message(&mut part, &mut beside);
    message.msg_controllen = size_of::<Beside>().try_into().unwrap_or_default();
    // SAFETY: the kernel writes no more than the two buffers have room for, which outlive the call.
    let received = unsafe { libc::recvmsg(socket, &raw mut message, libc::MSG_CMSG_CLOEXEC) };
    let received = usize::try_from(Errno::result(received)?).unwrap_or(0);
    // SAFETY: the kernel has set the message's control length to what it wrote.
    let head = unsafe { libc::CMSG_FIRSTHDR(&raw const message) };
    // SAFETY: null, or a header in `beside`, which is aligned for it and lives on.
    let Some(head) = (unsafe { head.as_ref() }) else { return Ok((received, None)) };
    if (head.cmsg_level, head.cmsg_type) != (libc::SOL_SOCKET, libc::SCM_RIGHTS) {
        return Ok((received, None));
    }
    // SAFETY: behind such a header lies a descriptor.
    let data = unsafe { libc::CMSG_DATA(head) };
    // SAFETY: as above; it need not be aligned.
    let file = unsafe { data.cast::<RawFd>().read_unaligned() };
    // SAFETY: the kernel has just made it for this process, and nobody else knows it.
    Ok((received, Some(unsafe { OwnedFd::from_raw_fd(file) })))
}
