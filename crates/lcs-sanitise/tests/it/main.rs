//! The public interface of `lcs-sanitise`.

#[cfg(test)]
mod planning;
#[cfg(test)]
mod published;
#[cfg(test)]
mod schemas;
#[cfg(test)]
mod user_rules;
