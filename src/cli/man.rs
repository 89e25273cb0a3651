//! `polku man` prints the manual page.

use std::io::{self, Write};

use clap::Command;
use clap_mangen::Man;

use super::failure::Failure;
use super::output::print;

/// What the page says beside the options of all verbs.
const EXIT_CODES: [(&str, &str); 9] = [
    ("0", "done; also when the reader of a pipe has gone"),
    ("1", "check --gate: a target is missed; run --from: files are not those of the manifest"),
    ("2", "usage error: an unknown option, scenario or customer"),
    ("3", "the study is wrong; nothing was written"),
    ("4", "past a limit: more memory than there should be, or a result that is no finite number"),
    ("5", "reading or writing failed"),
    ("6", "check --gate: a target is undecided, and none is missed"),
    ("70", "internal error"),
    ("130, 143", "run was interrupted (Ctrl-C) or terminated: nothing was written"),
];

/// Prints the page of a command and of all its verbs.
///
/// # Errors
/// A failure of writing.
pub fn run(command: Command) -> Result<(), Failure> {
    let page = page(command).map_err(|fault| Failure::Bug(fault.to_string()))?;
    print(&String::from_utf8_lossy(&page))
}

fn page(mut command: Command) -> io::Result<Vec<u8>> {
    command.build();
    let man = Man::new(command.clone());
    let mut page = Vec::new();
    man.render_title(&mut page)?;
    man.render_name_section(&mut page)?;
    man.render_synopsis_section(&mut page)?;
    man.render_description_section(&mut page)?;
    for verb in command.get_subcommands().filter(|verb| verb.get_name() != "help") {
        // In a page of its own each would need a file of its own.
        writeln!(page, ".SH \"{}\"", verb.get_name().to_uppercase())?;
        let verb = Man::new(verb.clone());
        let mut parts = Vec::new();
        verb.render_description_section(&mut parts)?;
        verb.render_synopsis_section(&mut parts)?;
        verb.render_options_section(&mut parts)?;
        page.extend_from_slice(String::from_utf8_lossy(&parts).replace(".SH ", ".SS ").as_bytes());
    }
    writeln!(page, ".SH \"EXIT STATUS\"")?;
    for (code, means) in EXIT_CODES {
        writeln!(page, ".TP\n\\fB{code}\\fR\n{}", means.replace('-', "\\-"))?;
    }
    man.render_version_section(&mut page)?;
    Ok(page)
}
