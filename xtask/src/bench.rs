//! stub
#[derive(clap::Args)]
pub struct Options {}
pub fn run(_o: &Options) -> anyhow::Result<std::process::ExitCode> {
    anyhow::bail!("not yet")
}
