//! Which day it is: the one thing a verdict depends on that is not in its inputs, and only where there are waivers.

use std::env;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::report::ReportError;

/// What other programs heed too that are to write the same on any day (<https://reproducible-builds.org/specs/source-date-epoch/>).
const VARIABLE: &str = "SOURCE_DATE_EPOCH";

/// Today in UTC, or the day that `SOURCE_DATE_EPOCH` names in seconds since 1970.
///
/// # Errors
/// When the variable holds no such number: with another day than the one meant, a waiver may hold that should not.
pub fn today() -> Result<Date, ReportError> {
    let now = match env::var_os(VARIABLE) {
        None => Timestamp::now(),
        Some(seconds) => seconds.to_str().and_then(moment).ok_or_else(|| ReportError {
            plan: None,
            kind: "clock".to_owned(),
            message: format!("{VARIABLE} is no number of seconds since 1970, and waivers hold until a day"),
            help: "unset it, or set it to such a number".to_owned(),
        })?,
    };
    Ok(now.to_zoned_datetime(TimeZone::UTC).date())
}

fn moment(seconds: &str) -> Option<Timestamp> {
    // A sign, which a number may have elsewhere, is not part of it.
    let seconds = seconds.parse::<u64>().ok().filter(|_| seconds.bytes().all(|byte| byte.is_ascii_digit()))?;
    Timestamp::from_second(i64::try_from(seconds).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_are_counted_from_1970() {
        let day = |seconds| moment(seconds).map(|moment| moment.to_zoned_datetime(TimeZone::UTC).date().to_string());
        assert_eq!(day("0").as_deref(), Some("1970-01-01"));
        assert_eq!(day("1798761599").as_deref(), Some("2026-12-31"));
        assert_eq!(day("1798761600").as_deref(), Some("2027-01-01"));
        for wrong in ["", " ", "-1", "+1", "1e9", "2026-12-31", "99999999999999999999", "9999999999999"] {
            assert_eq!(day(wrong), None, "{wrong:?}");
        }
    }
}
