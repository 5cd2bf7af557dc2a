// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//! A runtime in Rust: a tiny stack machine behind C functions, with nothing that could panic.
#![no_std]

#[repr(C)]
#[derive(Clone, Copy)]
pub struct Code {
    pub op: u32,
    pub value: i64,
}

fn step(code: &Code, x: i64) -> i64 {
    match code.op {
        0 => x.wrapping_add(code.value),
        1 => x.wrapping_mul(code.value),
        2 => x ^ code.value,
        _ => x,
    }
}

/// # Safety
/// `code` points to `count` codes.
#[no_mangle]
pub unsafe extern "C" fn rust_run(code: *const Code, count: usize, x: i64) -> i64 {
    core::slice::from_raw_parts(code, count).iter().fold(x, |x, c| step(c, x))
}

#[no_mangle]
pub extern "C" fn rust_scale(x: f64, factor: f64, negate: bool) -> f64 {
    if negate { -(x * factor) } else { x * factor }
}
