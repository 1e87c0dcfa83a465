//! Which C library this program runs with.

/// The version of glibc; `None` where the C library is another one.
#[cfg(target_env = "gnu")]
#[must_use]
pub(crate) fn version() -> Option<&'static str> {
    // SAFETY: it takes nothing and changes nothing; it returns a constant of the library (gnu_get_libc_version(3)).
    let version = unsafe { libc::gnu_get_libc_version() };
    // SAFETY: that constant ends with a zero byte, is never written to, and stays as long as the library is loaded.
    let version = unsafe { std::ffi::CStr::from_ptr(version) };
    version.to_str().ok()
}

/// musl does not tell.
#[cfg(not(target_env = "gnu"))]
#[must_use]
pub(crate) fn version() -> Option<&'static str> {
    None
}
