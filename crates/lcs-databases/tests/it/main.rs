//! The public interface of `lcs-databases`, on real files.

#[cfg(test)]
mod chinook;
#[cfg(test)]
mod copying;
#[cfg(test)]
mod full_disk;
#[cfg(test)]
mod inspecting;
#[cfg(test)]
mod opening;
#[cfg(test)]
mod placing;
#[cfg(test)]
mod reading;
#[cfg(test)]
mod samples;
#[cfg(test)]
mod sanitising;
#[cfg(test)]
mod verifying;
