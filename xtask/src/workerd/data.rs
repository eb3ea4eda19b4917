//! A data folder: the rows of every Durable Object, the operator's token, the generated configuration, and the lock.
//!
//! Back up the whole folder. The objects are found under the unique keys in `config.rs`.

use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::io::Read;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

/// Long enough for a server that was just killed to be gone.
const PATIENCE: Duration = Duration::from_secs(3);

/// A folder that nobody else uses while this exists.
pub struct Data {
    folder: PathBuf,
    lock: File,
    /// The secret of the operator's routes.
    pub operator_token: String,
    /// The file that holds it.
    pub operator_token_file: PathBuf,
}

impl Data {
    /// Creates the folder if needed and takes it, or says that somebody else has it.
    pub fn open(folder: &Path) -> Result<Self> {
        // What people sent is in here: nobody else on this machine reads it.
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder.join("storage"))
            .with_context(|| format!("cannot create {}", folder.display()))?;
        let folder = folder.canonicalize().with_context(|| format!("cannot find {}", folder.display()))?;
        let lock = take_lock(&folder)?;
        let operator_token_file = folder.join("operator-token");
        let operator_token = token(&operator_token_file)?;
        Ok(Self { folder, lock, operator_token, operator_token_file })
    }

    /// Where the objects' rows are.
    pub fn storage(&self) -> PathBuf {
        self.folder.join("storage")
    }

    /// Files with secrets that the operator put here, by what the Worker calls them.
    pub fn secret_files(&self) -> Vec<(&'static str, PathBuf)> {
        [("OPENID_SECRETS", "openid-secrets"), ("METRICS_TOKEN", "metrics-token")]
            .map(|(binding, name)| (binding, self.folder.join(name)))
            .into_iter()
            .filter(|(_, file)| file.is_file())
            .collect()
    }

    /// The lock, to be held by another process as well.
    pub fn lock(&self) -> Result<File> {
        self.lock.try_clone().context("cannot share the lock")
    }

    /// Writes the configuration that workerd reads.
    pub fn write_config(&self, text: &str) -> Result<PathBuf> {
        let file = self.folder.join("workerd.capnp");
        std::fs::write(&file, text).with_context(|| format!("cannot write {}", file.display()))?;
        Ok(file)
    }
}

fn take_lock(folder: &Path) -> Result<File> {
    let file = folder.join("lock");
    let lock = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&file)
        .with_context(|| format!("cannot write in {}", folder.display()))?;
    let start = Instant::now();
    loop {
        match lock.try_lock() {
            Ok(()) => return Ok(lock),
            Err(TryLockError::WouldBlock) if start.elapsed() < PATIENCE => {
                std::thread::sleep(Duration::from_millis(50));
            }
            Err(TryLockError::WouldBlock) => bail!(
                "another Usher already runs on the data in {}: stop it first, or choose another folder with --data",
                folder.display()
            ),
            Err(TryLockError::Error(error)) => {
                return Err(error).with_context(|| format!("cannot lock {}", file.display()));
            }
        }
    }
}

/// The token in the file, or a new one, readable by this user only.
fn token(file: &Path) -> Result<String> {
    if let Ok(token) = std::fs::read_to_string(file)
        && token.len() >= 32
    {
        return Ok(token);
    }
    let mut bytes = [0_u8; 32];
    File::open("/dev/urandom")
        .and_then(|mut source| source.read_exact(&mut bytes))
        .context("this system has no random numbers")?;
    let token: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    let mut options = OpenOptions::new();
    options.create(true).truncate(true).write(true).mode(0o600);
    options
        .open(file)
        .and_then(|mut file| std::io::Write::write_all(&mut file, token.as_bytes()))
        .with_context(|| format!("cannot write {}", file.display()))?;
    Ok(token)
}

#[cfg(test)]
mod tests {
    use super::Data;
    use std::os::unix::fs::PermissionsExt;

    fn folder(name: &str) -> std::path::PathBuf {
        let folder = std::env::temp_dir().join(format!("usher-data-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        folder
    }

    #[test]
    fn refuses_a_folder_that_is_in_use() {
        let folder = folder("lock");
        let first = Data::open(&folder).unwrap();
        let refused = Data::open(&folder).err().unwrap().to_string();
        assert!(refused.starts_with("another Usher already runs"), "{refused}");
        drop(first);
        assert!(Data::open(&folder).is_ok());
        std::fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn keeps_its_token_and_shows_it_to_nobody_else() {
        let folder = folder("token");
        let token = Data::open(&folder).unwrap().operator_token;
        let again = Data::open(&folder).unwrap();
        assert_eq!(token, again.operator_token);
        assert_eq!(token.len(), 64);
        let mode = std::fs::metadata(&again.operator_token_file).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
