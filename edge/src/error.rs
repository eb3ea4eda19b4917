//! What can go wrong behind an answer. The caller is told "try again"; the log gets the chain.

/// A failure that is nobody's input.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The runtime has no random bytes.
    #[error("no random bytes")]
    Random,
    /// A statement failed.
    #[error("storage failed: {step}")]
    Storage {
        /// What was being done.
        step: &'static str,
        /// What the runtime said.
        #[source]
        source: worker::Error,
    },
    /// A row does not hold what it should.
    #[error("a row of {table} is damaged: {what}")]
    BadRow {
        /// The table.
        table: &'static str,
        /// The column, or the key.
        what: String,
    },
    /// A rule of `shared` could not be applied.
    #[error("no decision")]
    Undecided(#[from] shared::desk::Undecided),
    /// An object did not answer, or not in its own language.
    #[error("{object} did not answer")]
    Object {
        /// Which one.
        object: &'static str,
        /// What the runtime said.
        #[source]
        source: worker::Error,
    },
    /// JSON that this program wrote itself could not be read or written.
    #[error("{what} is not in the form this version writes")]
    Json {
        /// What was read or written.
        what: &'static str,
        /// Where it failed.
        #[source]
        source: serde_json::Error,
    },
    /// The runtime's cryptography failed.
    #[error("no {step} by the runtime's cryptography")]
    Crypto {
        /// What was being done.
        step: &'static str,
        /// What the runtime said.
        #[source]
        source: worker::Error,
    },
    /// A fault that a test asked for.
    #[error("a fault was asked for")]
    Asked,
}

impl Failure {
    /// The whole chain in one line.
    pub fn chain(&self) -> String {
        let mut line = self.to_string();
        let mut cause = std::error::Error::source(self);
        while let Some(next) = cause {
            line.push_str(": ");
            line.push_str(&next.to_string());
            cause = next.source();
        }
        line
    }
}

impl From<Failure> for worker::Error {
    fn from(failure: Failure) -> Self {
        Self::RustError(failure.chain())
    }
}
