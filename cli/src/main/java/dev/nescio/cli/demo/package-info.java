/// The story of `nescio demo`: one account on two devices, and then what the server holds of it.
///
/// It knows a running server only by its address and by [dev.nescio.cli.demo.Holdings], everything that the
/// server keeps. Each step checks what it says; the first that fails ends the story.
package dev.nescio.cli.demo;
