//! The judging of one answer by what a right receiver answers.

use crate::delivery::Headers;
use crate::signing::handshake::HandshakeAnswer;

/// What came back.
#[derive(Clone)]
pub enum Outcome {
    /// An answer.
    Answered(Reply),
    /// The connection was reset while a large body was being written.
    CutShort,
    /// The connection ended without a whole answer; why, in a sentence.
    Dropped(String),
    /// There was no answer in time.
    Late,
    /// Nothing listens any more; why, in a sentence.
    Gone(String),
}

/// An answer.
#[derive(Clone)]
pub struct Reply {
    /// The status code.
    pub status: u16,
    /// The header fields.
    pub headers: Headers,
    /// The body.
    pub body: Vec<u8>,
}

impl Outcome {
    /// The status, where there was an answer.
    pub fn status(&self) -> Option<u16> {
        match self {
            Self::Answered(reply) => Some(reply.status),
            _ => None,
        }
    }
}

impl Reply {
    /// Whether it is a web page.
    pub fn is_page(&self) -> bool {
        let is_html = |value: &[u8]| value.to_ascii_lowercase().starts_with(b"text/html");
        let is_empty = self.body.trim_ascii().is_empty();
        !is_empty && self.headers.get("Content-Type").is_some_and(is_html)
    }
}

/// What a case came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// The receiver did not have to show it.
    Skipped,
    /// The scheme or what is given cannot show it.
    Untestable,
    /// Right.
    Pass,
    /// Allowed, but unwise.
    Warn,
    /// Wrong.
    Fail,
}

impl Verdict {
    /// Its word in the output.
    pub fn word(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::Warn => "warn",
            Self::Untestable => "untestable",
            Self::Skipped => "skipped",
        }
    }
}

/// What a right receiver answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Right {
    /// It takes the delivery: 2xx.
    Taken,
    /// It takes the delivery; a 4xx that says that the body is not for it is unwise, but no fault.
    TakenAtBest,
    /// It refuses: 401 or 403, also 400.
    Refused,
    /// It refuses what has another method: also 404, 405 or 501.
    RefusedMethod,
    /// It refuses what has another content type: also 415 or 422.
    RefusedType,
    /// It had better refuse, but accepting is no fault.
    RefusedAtBest,
    /// Genuine, but not to be understood: it answers, with 2xx or a 4xx of the body.
    Answered,
    /// As [`Right::Answered`], but other bytes than UTF-8 are for Blue's receivers to judge only: where
    /// a provider's own library takes text, an error is unwise and no fault.
    AnsweredRaw,
    /// As [`Right::Answered`]; an answer that tells of an error of its own is unwise, but no fault.
    Survived,
    /// It refuses; an answer that tells of an error of its own is unwise, but no fault.
    RefusedOrFailed,
    /// It refuses what is too large before it has read it all; to refuse it afterwards is unwise.
    RefusedEarly,
    /// It answers a provider's question as the scheme's record says.
    Handshake,
    /// What is judged over many answers.
    Watched,
}

impl Right {
    /// The right answers in words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Taken => "2xx",
            Self::TakenAtBest => "2xx; 400, 413, 415 or 422 are a warning",
            Self::Refused => "401 or 403, also 400",
            Self::RefusedMethod => "405, 404 or 501, or 401, 403 or 400",
            Self::RefusedType => "401 or 403, also 400, 415 or 422",
            Self::RefusedAtBest => "401 or 403, also 400; 2xx is a warning",
            Self::Answered => "2xx, 400, 413, 415 or 422",
            Self::AnsweredRaw => {
                "2xx, 400, 413, 415 or 422; for another scheme than Blue's, others are a warning"
            }
            Self::Survived => "2xx, 400, 413, 415 or 422; 5xx is a warning",
            Self::RefusedOrFailed => "401 or 403, also 400; 5xx is a warning",
            Self::RefusedEarly => "413; 401, 403 or 400 are a warning",
            Self::Handshake => "the answer that the provider asks for",
            Self::Watched => "judged over all answers",
        }
    }
}

/// What judging an answer came to.
pub struct Judged {
    /// The verdict.
    pub verdict: Verdict,
    /// What came back, in a sentence.
    pub message: String,
    /// The fault that the answer tells, whatever the case was meant to show.
    pub advice: Option<Advice>,
}

/// What is told about a fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Advice {
    /// Why it matters.
    pub why: &'static str,
    /// How to mend it.
    pub mend: &'static str,
}

/// How to judge the bytes that came.
pub(super) const RAW: &str = "Hash the request's raw bytes, as they came, before anything parses or \
decodes them: in Express express.raw({ type: () => true }), which leaves no Buffer for an empty \
body; in Flask request.get_data(), in FastAPI await request.body().";
/// Genuine deliveries are refused.
const OTHER_BYTES: Advice = Advice {
    why: "The signature was right: a receiver that refuses it hashes what it parsed, decoded or \
          wrote again.",
    mend: RAW,
};
/// Forgeries make it fail.
const FAILING: Advice = Advice {
    why: "Strangers can make it fail as often as they like: errors fill the log, and one that nobody \
          catches ends the process.",
    mend: "Answer 401 to whatever cannot be judged: look whether the header is there, compare the \
           lengths before timingSafeEqual, which throws when they differ, and parse the body only \
           afterwards, inside try.",
};
/// Forgeries are sent elsewhere.
const ELSEWHERE: Advice = Advice {
    why: "Senders do not follow, and what a stranger gets there is nobody's refusal.",
    mend: "Answer 401 at this URL: keep it out of what sends visitors to a login page or to https.",
};
/// Forgeries are refused in other words.
const UNCLEAR: Advice = Advice {
    why: "Whoever looks for a wrong secret looks for a 401.",
    mend: "Judge the signature in the route itself, before any framework's validation, and answer 401.",
};

/// The receiver ended, or does not answer any more.
pub const ENDED: Advice = Advice {
    why: "A process that ends or hangs keeps every other delivery waiting, and the sender sends the same \
          one again.",
    mend: "Look at the end of its log for the error that nobody caught: parse inside try, and catch what \
           fails after the answer, too (promises, callbacks, threads).",
};

/// Judges one outcome. `answer` is what a handshake wants; `is_blue` tells whether the scheme is
/// Blue's.
pub fn judge(
    right: Right,
    outcome: &Outcome,
    answer: Option<&HandshakeAnswer>,
    is_blue: bool,
) -> Judged {
    let strict = match right {
        Right::AnsweredRaw | Right::Survived => Right::Answered,
        Right::RefusedOrFailed => Right::Refused,
        right => right,
    };
    let (verdict, message) = judge_strictly(strict, outcome, answer);
    let is_mild = match (right, outcome.status()) {
        (Right::AnsweredRaw, Some(_)) => !is_blue,
        (Right::Survived | Right::RefusedOrFailed, Some(status)) => status >= 500,
        _ => false,
    };
    Judged {
        verdict: match verdict {
            Verdict::Fail if is_mild => Verdict::Warn,
            verdict => verdict,
        },
        message,
        advice: outcome.status().and_then(|status| advice(right, status)),
    }
}

/// The fault that a status tells whatever was sent.
fn advice(right: Right, status: u16) -> Option<Advice> {
    use Right as R;
    match (right, status) {
        (R::Answered | R::AnsweredRaw | R::Survived, 401 | 403) => Some(OTHER_BYTES),
        (
            R::Refused | R::RefusedMethod | R::RefusedType | R::RefusedAtBest | R::RefusedEarly,
            _,
        ) => match status {
            300..400 => Some(ELSEWHERE),
            500.. => Some(FAILING),
            402..500 => Some(UNCLEAR),
            _ => None,
        },
        _ => None,
    }
}

fn judge_strictly(
    right: Right,
    outcome: &Outcome,
    answer: Option<&HandshakeAnswer>,
) -> (Verdict, String) {
    let reply = match outcome {
        Outcome::Answered(reply) => reply,
        Outcome::CutShort => {
            let verdict = match right {
                Right::Answered | Right::RefusedEarly => Verdict::Pass,
                Right::TakenAtBest => Verdict::Warn,
                _ => return fail("the connection was reset without an answer"),
            };
            return (verdict, "the connection was cut off, as for a 413".into());
        }
        Outcome::Dropped(why) => return fail(why),
        Outcome::Late => return fail("there was no answer in time"),
        Outcome::Gone(why) => return fail(why),
    };
    let status = reply.status;
    if status == 429 {
        let message = "429: its rate limit hides how it judges; check it without one".into();
        return (Verdict::Untestable, message);
    }
    if let (Right::Handshake, Some(answer)) = (right, answer) {
        return judge_handshake(reply, answer);
    }
    match right {
        Right::Taken | Right::TakenAtBest | Right::Answered | Right::Handshake => {
            judge_genuine(right, status)
        }
        Right::Watched | Right::AnsweredRaw | Right::Survived | Right::RefusedOrFailed => {
            (Verdict::Pass, String::new())
        }
        Right::Refused
        | Right::RefusedMethod
        | Right::RefusedType
        | Right::RefusedAtBest
        | Right::RefusedEarly => judge_forged(right, status),
    }
}

fn judge_genuine(right: Right, status: u16) -> (Verdict, String) {
    match (status, right) {
        (200..300, _) => pass(status),
        (400 | 413 | 415 | 422, Right::Answered) => pass(status),
        (413, Right::TakenAtBest) => (Verdict::Warn, "413: the body is too large for it".into()),
        (400 | 415 | 422, Right::TakenAtBest) => {
            (Verdict::Warn, format!("{status}: it did not take the body"))
        }
        (401 | 403, _) => fail(&format!("{status}: a genuine delivery was refused")),
        (300..400, _) => fail(&format!(
            "{status}: it redirects, and senders do not follow"
        )),
        (500.., _) => fail(&format!("{status}: it failed with an error of its own")),
        (_, Right::Answered) => (Verdict::Warn, format!("{status} is an odd answer to it")),
        (413, _) => fail("413: a genuine delivery is too large for it"),
        _ => fail(&format!("{status}: a genuine delivery was not taken")),
    }
}

fn judge_forged(right: Right, status: u16) -> (Verdict, String) {
    match (status, right) {
        (413, Right::RefusedEarly) => pass(status),
        (400 | 401 | 403, Right::RefusedEarly) => (
            Verdict::Warn,
            format!("{status}: it read all of it before it refused"),
        ),
        (400 | 401 | 403, _) => pass(status),
        (404 | 405 | 501, Right::RefusedMethod) => pass(status),
        (415 | 422, Right::RefusedType) => pass(status),
        (200..300, Right::RefusedAtBest) => (Verdict::Warn, format!("{status}: it was accepted")),
        (200..300, _) => fail(&format!("{status}: it was accepted")),
        (300..400, _) => fail(&format!("{status}: it redirects instead of refusing")),
        (404, _) => fail("404: it says that there is nothing, instead of refusing"),
        (500.., _) => fail(&format!(
            "{status}: it failed with an error of its own instead of refusing"
        )),
        _ => (
            Verdict::Warn,
            format!("{status}: refused, but senders and people expect 401"),
        ),
    }
}

fn judge_handshake(reply: &Reply, answer: &HandshakeAnswer) -> (Verdict, String) {
    let status = reply.status;
    if !(200..300).contains(&status) {
        return match status {
            404 | 405 | 501 => (
                Verdict::Warn,
                format!("{status}: it does not answer the question at this URL"),
            ),
            _ => fail(&format!("{status}: the question was refused")),
        };
    }
    let content_type = |value: Option<&[u8]>| {
        let value = value.unwrap_or_default().to_ascii_lowercase();
        value.split(|&byte| byte == b';').next().map(<[u8]>::to_vec)
    };
    let wanted = answer.headers.iter();
    let wanted = wanted.filter(|(name, _)| name.eq_ignore_ascii_case("Content-Type"));
    let wanted = wanted.map(|(_, value)| value.as_slice()).next();
    let same_text = reply.body.trim_ascii() == answer.body.trim_ascii();
    let same = same_text
        || (!answer.body.is_empty() && crate::json::same(&reply.body, &answer.body))
        || answer.body.is_empty();
    if !same {
        let message = "it answered, but not with what the provider asks for: fine only if this \
                       URL is never registered there";
        return (Verdict::Warn, format!("{status}: {message}"));
    }
    if let Some(wanted) = wanted
        && reply.is_page()
        && content_type(Some(wanted)) != content_type(reply.headers.get("Content-Type"))
    {
        let message =
            "the answer is right, but as HTML: whoever can reach the URL can make it a page";
        return (Verdict::Warn, format!("{status}: {message}"));
    }
    pass(status)
}

fn pass(status: u16) -> (Verdict, String) {
    (Verdict::Pass, format!("{status}"))
}

fn fail(why: &str) -> (Verdict, String) {
    (Verdict::Fail, why.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(right: Right, status: u16) -> Verdict {
        let reply = Reply {
            status,
            headers: Headers::new(),
            body: Vec::new(),
        };
        judge(right, &Outcome::Answered(reply), None, true).verdict
    }

    #[test]
    fn answers_are_judged_by_what_was_sent() {
        use Verdict::{Fail, Pass, Untestable, Warn};
        let expected = [
            (Right::Taken, [Pass, Fail, Fail, Fail, Fail, Fail]),
            (Right::TakenAtBest, [Pass, Fail, Warn, Fail, Fail, Fail]),
            (Right::Refused, [Fail, Fail, Pass, Pass, Fail, Fail]),
            (Right::RefusedMethod, [Fail, Fail, Pass, Pass, Pass, Fail]),
            (Right::RefusedAtBest, [Warn, Fail, Pass, Pass, Fail, Fail]),
            (Right::Answered, [Pass, Fail, Pass, Fail, Warn, Fail]),
            (Right::Survived, [Pass, Fail, Pass, Fail, Warn, Warn]),
            (Right::AnsweredRaw, [Pass, Fail, Pass, Fail, Warn, Fail]),
            (Right::RefusedOrFailed, [Fail, Fail, Pass, Pass, Fail, Warn]),
            (Right::RefusedEarly, [Fail, Fail, Warn, Warn, Fail, Fail]),
        ];
        for (right, verdicts) in expected {
            for (status, verdict) in [200, 302, 400, 401, 404, 500].into_iter().zip(verdicts) {
                assert_eq!(judged(right, status), verdict, "{right:?} {status}");
            }
            assert_eq!(judged(right, 429), Untestable);
        }
        for right in [Right::Taken, Right::Refused, Right::Answered] {
            for outcome in [Outcome::Late, Outcome::Dropped("closed".into())] {
                assert_eq!(judge(right, &outcome, None, true).verdict, Fail);
            }
        }
        assert_eq!(
            judge(Right::Answered, &Outcome::CutShort, None, true).verdict,
            Pass
        );
        assert_eq!(
            judge(Right::Refused, &Outcome::CutShort, None, true).verdict,
            Fail
        );
    }
}
