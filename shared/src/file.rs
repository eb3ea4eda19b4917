//! What a file is, told from its content alone. The type that its sender declared, and the end of its name, say nothing.
//!
//! Taken is what is whole and is one thing only: a picture that a PDF reader or a ZIP reader would open too is refused,
//! because those who look at a file must see what we looked at.
//!
//! Not here: where files are kept, or to whom they belong.

use crate::wire::file::{FileKind, MAX_FILE_BYTES};

/// The most characters kept of a file's name.
const MAX_NAME_CHARS: usize = 100;
/// How far into a file other readers look for a mark of theirs.
const HEAD_BYTES: usize = 1_024;
/// How far before its end a PDF must have its last mark (ISO 32000-1, annex H.3, note 18).
const PDF_TAIL_BYTES: usize = 1_024;
/// How far before its end a ZIP archive may have its directory's end: that record, and the longest comment.
const ZIP_TAIL_BYTES: usize = 22 + 65_535;

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";

/// The id of a stored file: 32 hexadecimal digits in lower case. The first says in which shard it lies.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct FileId(String);

impl FileId {
    /// Reads one.
    pub fn parse(text: &str) -> Option<Self> {
        let is_id = text.len() == 32 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        is_id.then(|| Self(text.to_owned()))
    }

    /// Makes one of so many random bytes, in the shard of `shards` that `choice` falls into.
    pub fn new(random: [u8; 16], choice: u8, shards: u8) -> Self {
        let [first, rest @ ..] = random;
        let digit = choice % shards.clamp(1, 16);
        let mut id: String =
            [digit << 4 | first & 0x0f].iter().chain(&rest).map(|byte| format!("{byte:02x}")).collect();
        id.truncate(32);
        Self(id)
    }

    /// Which of so many shards it lies in.
    pub fn shard(&self, shards: u8) -> u8 {
        let digit = self.0.chars().next().and_then(|digit| digit.to_digit(16)).unwrap_or(0);
        u8::try_from(digit).unwrap_or(0) % shards.clamp(1, 16)
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FileKind {
    /// The stable name.
    pub fn tag(self) -> &'static str {
        match self {
            Self::Png => "png",
            Self::Jpeg => "jpeg",
            Self::Pdf => "pdf",
        }
    }

    /// Reads a tag back.
    pub fn from_tag(tag: &str) -> Option<Self> {
        [Self::Png, Self::Jpeg, Self::Pdf].into_iter().find(|kind| kind.tag() == tag)
    }

    /// The media type it is served with.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Pdf => "application/pdf",
        }
    }

    fn endings(self) -> &'static [&'static str] {
        match self {
            Self::Png => &["png"],
            Self::Jpeg => &["jpg", "jpeg"],
            Self::Pdf => &["pdf"],
        }
    }
}

/// Why a file is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FileError {
    /// No bytes.
    #[error("the file is empty")]
    Empty,
    /// More bytes than a file may have.
    #[error("the file is too large")]
    TooLarge,
    /// Neither PNG nor JPEG nor PDF.
    #[error("the file is of another type")]
    Type,
    /// It starts as one of them and does not go on as one.
    #[error("the file is damaged")]
    Damaged,
    /// Another reader would take it for something else.
    #[error("the file is two things at once")]
    Mixed,
}

impl FileError {
    /// The stable name.
    pub fn code(self) -> &'static str {
        match self {
            Self::Empty => "file_empty",
            Self::TooLarge => "file_too_large",
            Self::Type => "file_type",
            Self::Damaged => "file_damaged",
            Self::Mixed => "file_mixed",
        }
    }
}

/// What a file is.
///
/// # Errors
/// Why it is not taken.
pub fn sniff(bytes: &[u8]) -> Result<FileKind, FileError> {
    if bytes.is_empty() {
        return Err(FileError::Empty);
    }
    if bytes.len() > MAX_FILE_BYTES {
        return Err(FileError::TooLarge);
    }
    let (kind, is_whole) = if bytes.starts_with(PNG) {
        (FileKind::Png, is_png(bytes))
    } else if bytes.starts_with(&[0xff, 0xd8, 0xff]) {
        (FileKind::Jpeg, is_jpeg(bytes))
    } else if bytes.trim_ascii_start().starts_with(b"%PDF-") {
        (FileKind::Pdf, is_pdf(bytes))
    } else {
        return Err(FileError::Type);
    };
    if !is_whole {
        return Err(FileError::Damaged);
    }
    if is_mixed(kind, bytes) { Err(FileError::Mixed) } else { Ok(kind) }
}

/// What a file of this kind is called: the last part of whatever path was given, without what cannot be seen or would turn
/// the reading direction, with an ending that says what it is.
pub fn clean_name(given: &str, kind: FileKind) -> String {
    let last = given.rsplit(['/', '\\']).next().unwrap_or_default();
    let name: String = last.chars().filter(|c| !c.is_control() && !is_unseen(*c) && !"\"<>:|?*".contains(*c)).collect();
    let name = name.trim_matches(|c: char| c == '.' || c.is_whitespace());
    let (stem, ending) = name.rsplit_once('.').unwrap_or((name, ""));
    let known = kind.endings().iter().find(|known| known.eq_ignore_ascii_case(ending));
    let (stem, ending) = match known {
        Some(known) => (stem, *known),
        None => (name, kind.endings().first().copied().unwrap_or_default()),
    };
    let stem: String = stem.chars().take(MAX_NAME_CHARS - ending.len() - 1).collect();
    let stem = stem.trim();
    format!("{}.{ending}", if stem.is_empty() { "file" } else { stem })
}

/// Zero-width characters and those that change the direction of what follows them.
fn is_unseen(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// Every chunk up to the last, nothing after it (W3C PNG, 5.3 and 5.6).
fn is_png(bytes: &[u8]) -> bool {
    let mut rest = bytes.get(PNG.len()..).unwrap_or_default();
    let mut is_first = true;
    let mut has_data = false;
    while let Some(([a, b, c, d, kind @ ..], after)) = rest.split_first_chunk::<8>() {
        let length = usize::try_from(u32::from_be_bytes([*a, *b, *c, *d])).unwrap_or(usize::MAX);
        let Some((data, after)) = after.split_at_checked(length) else { return false };
        // Its checksum.
        let Some((_, after)) = after.split_first_chunk::<4>() else { return false };
        match kind {
            b"IHDR" if is_first => {
                let Some(([w1, w2, w3, w4, h1, h2, h3, h4], _)) = data.split_first_chunk::<8>() else { return false };
                let (width, height) =
                    (u32::from_be_bytes([*w1, *w2, *w3, *w4]), u32::from_be_bytes([*h1, *h2, *h3, *h4]));
                if data.len() != 13 || width == 0 || height == 0 {
                    return false;
                }
            }
            _ if is_first => return false,
            b"IDAT" => has_data = true,
            b"IEND" => return has_data && data.is_empty() && after.is_empty(),
            _ => {}
        }
        is_first = false;
        rest = after;
    }
    false
}

/// Segments up to the first scan, a frame header among them, and an end of image at the end (ITU T.81, B.1 and B.2).
fn is_jpeg(bytes: &[u8]) -> bool {
    let mut rest = bytes.get(2..).unwrap_or_default();
    let mut has_frame = false;
    loop {
        // A marker may be led in by any number of 0xff.
        let Some((0xff, after)) = rest.split_first() else { return false };
        let skipped = after.iter().position(|byte| *byte != 0xff).unwrap_or(after.len());
        let Some((marker, after)) = after.get(skipped..).and_then(<[u8]>::split_first) else { return false };
        let Some(([high, low], _)) = after.split_first_chunk::<2>() else { return false };
        let length = usize::from(u16::from_be_bytes([*high, *low]));
        match marker {
            0xda => return has_frame && bytes.ends_with(&[0xff, 0xd9]),
            0xc0..=0xcf if !matches!(marker, 0xc4 | 0xc8 | 0xcc) => has_frame = true,
            0x01 | 0xd0..=0xd9 => return false,
            _ => {}
        }
        let Some(after) = after.get(length.max(2)..) else { return false };
        rest = after;
    }
}

/// A version at the start, an end at the end.
fn is_pdf(bytes: &[u8]) -> bool {
    let version = bytes.trim_ascii_start().get(5..8);
    let has_version = version.is_some_and(|version| matches!(version, [b'1'..=b'2', b'.', b'0'..=b'9']));
    let tail = bytes.get(bytes.len().saturating_sub(PDF_TAIL_BYTES)..).unwrap_or_default();
    has_version && bytes.trim_ascii_end().ends_with(b"%%EOF") && find(tail, b"startxref").is_some()
}

/// Whether another reader would find its own mark: a PDF's or a page's near the start, a ZIP archive's near the end.
fn is_mixed(kind: FileKind, bytes: &[u8]) -> bool {
    let head: Vec<u8> = bytes.iter().take(HEAD_BYTES).map(u8::to_ascii_lowercase).collect();
    let marks: &[&[u8]] = &[b"<!doctype", b"<html", b"<script", b"<svg", b"<?php"];
    let is_page = marks.iter().any(|mark| find(&head, mark).is_some());
    let is_pdf = kind != FileKind::Pdf && find(&head, b"%pdf-").is_some();
    is_page || is_pdf || is_zip(bytes)
}

/// Whether a ZIP reader, which starts at the end, finds a directory: its last record says how long the rest is.
fn is_zip(bytes: &[u8]) -> bool {
    let mut tail = bytes.get(bytes.len().saturating_sub(ZIP_TAIL_BYTES)..).unwrap_or_default();
    while let Some(at) = find(tail, b"PK\x05\x06") {
        let record = tail.get(at..).unwrap_or_default();
        if let Some([low, high]) = record.get(20..22)
            && usize::from(u16::from_le_bytes([*low, *high])) == record.len() - 22
        {
            return true;
        }
        tail = record.get(1..).unwrap_or_default();
    }
    false
}

fn find(bytes: &[u8], mark: &[u8]) -> Option<usize> {
    bytes.windows(mark.len()).position(|window| window == mark)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_is_told_by_its_content() {
        assert_eq!(sniff(&png()), Ok(FileKind::Png));
        assert_eq!(sniff(&jpeg()), Ok(FileKind::Jpeg));
        assert_eq!(sniff(&pdf()), Ok(FileKind::Pdf));
    }

    #[test]
    fn anything_else_is_of_another_type() {
        for other in
            [&b"<html><script>alert(1)</script>"[..], b"GIF89a\x01\0\x01\0", b"PK\x03\x04", b"\0\0\0\x18ftypheic", b"x"]
        {
            assert_eq!(sniff(other), Err(FileError::Type));
        }
        assert_eq!(sniff(b""), Err(FileError::Empty));
    }

    #[test]
    fn a_file_that_breaks_off_anywhere_is_damaged() {
        for (whole, start) in [(png(), PNG.len()), (jpeg(), 3), (pdf(), 8)] {
            for end in start..whole.len() {
                let cut = &whole[..end];
                // A PDF may lose the line end after its last mark.
                if cut.trim_ascii_end().ends_with(b"%%EOF") {
                    continue;
                }
                assert_eq!(sniff(cut), Err(FileError::Damaged), "{end} of {}", whole.len());
            }
        }
    }

    #[test]
    fn what_follows_the_end_is_not_taken_along() {
        for whole in [png(), jpeg(), pdf()] {
            let more = [&whole[..], b"<script>alert(1)</script>"].concat();
            assert_eq!(sniff(&more), Err(FileError::Damaged));
        }
    }

    #[test]
    fn a_picture_without_extent_or_data_is_damaged() {
        let mut flat = png();
        flat[16..20].fill(0);
        assert_eq!(sniff(&flat), Err(FileError::Damaged));
        let empty = [PNG, &chunk(b"IHDR", &[0, 0, 0, 1, 0, 0, 0, 1, 8, 2, 0, 0, 0]), &chunk(b"IEND", b"")].concat();
        assert_eq!(sniff(&empty), Err(FileError::Damaged));
    }

    #[test]
    fn two_things_at_once_are_refused() {
        let with_text = |text: &[u8]| {
            let png = png();
            let (head, rest) = png.split_at(33);
            [head, &chunk(b"tEXt", text), rest].concat()
        };
        assert_eq!(sniff(&with_text(b"Comment\0hello")), Ok(FileKind::Png));
        assert_eq!(sniff(&with_text(b"Comment\0%PDF-1.7")), Err(FileError::Mixed));
        assert_eq!(sniff(&with_text(b"Comment\0<ScRiPt>alert(1)</script>")), Err(FileError::Mixed));
        // An archive's last record hides in a chunk before the last, and its comment covers what follows.
        let png = png();
        let (before, end) = png.split_at(png.len() - 12);
        let mut record = [&b"PK\x05\x06"[..], &[0; 16]].concat();
        let comment = u16::try_from(4 + end.len()).unwrap();
        record.extend(comment.to_le_bytes());
        assert_eq!(sniff(&[before, &chunk(b"tEXt", &record), end].concat()), Err(FileError::Mixed));
    }

    #[test]
    fn five_megabytes_fit_and_one_byte_more_does_not() {
        let png = png();
        let (before, end) = png.split_at(png.len() - 12);
        let fill = |total: usize| [before, &chunk(b"tEXt", &vec![b'a'; total - png.len() - 12]), end].concat();
        assert_eq!(sniff(&fill(MAX_FILE_BYTES)), Ok(FileKind::Png));
        assert_eq!(sniff(&fill(MAX_FILE_BYTES + 1)), Err(FileError::TooLarge));
    }

    #[test]
    fn a_name_is_only_a_name() {
        let name = |given| clean_name(given, FileKind::Png);
        assert_eq!(name("Screenshot 1.png"), "Screenshot 1.png");
        assert_eq!(name("../../etc/passwd"), "passwd.png");
        assert_eq!(name("C:\\Users\\me\\shot.PNG"), "shot.png");
        assert_eq!(name("invoice\u{202e}gnp.exe"), "invoicegnp.exe.png");
        assert_eq!(name("a\"b\r\nc\0.png"), "abc.png");
        for empty in ["", "..", "/", ".png", "   ", "\u{200b}"] {
            assert!(matches!(name(empty).as_str(), "file.png" | "png.png"), "{empty:?}: {}", name(empty));
        }
        assert_eq!(name("スクリーンショット.png"), "スクリーンショット.png");
        assert_eq!(name(&"x".repeat(500)).chars().count(), MAX_NAME_CHARS);
        assert_eq!(clean_name("a.jpeg", FileKind::Jpeg), "a.jpeg");
        assert_eq!(clean_name("a.html", FileKind::Pdf), "a.html.pdf");
    }

    #[test]
    fn an_id_says_its_shard() {
        for choice in 0..=255 {
            let id = FileId::new([choice; 16], choice, 4);
            assert_eq!(id.shard(4), choice % 4);
            assert_eq!(FileId::parse(id.as_str()).as_ref(), Some(&id));
        }
        for bad in ["", "0", &"g".repeat(32), &"A".repeat(32), &"a".repeat(33), "../../../../../../../../../../aa"] {
            assert_eq!(FileId::parse(bad), None);
        }
    }

    fn chunk(kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
        let length = u32::try_from(data.len()).unwrap().to_be_bytes();
        [&length, &kind[..], data, &[0; 4]].concat()
    }

    fn png() -> Vec<u8> {
        let header = chunk(b"IHDR", &[0, 0, 0, 1, 0, 0, 0, 1, 8, 2, 0, 0, 0]);
        [PNG, &header, &chunk(b"IDAT", b"data"), &chunk(b"IEND", b"")].concat()
    }

    fn jpeg() -> Vec<u8> {
        let app0 = b"\xff\xe0\x00\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0";
        let frame = b"\xff\xc0\x00\x0b\x08\0\x01\0\x01\x01\x01\x11\0";
        let scan = b"\xff\xda\x00\x08\x01\x01\0\0\x3f\0data";
        [&b"\xff\xd8"[..], app0, frame, scan, b"\xff\xd9"].concat()
    }

    fn pdf() -> Vec<u8> {
        b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\nstartxref\n9\n%%EOF\n".to_vec()
    }
}
