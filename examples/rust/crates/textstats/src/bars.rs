//! Bars made of characters.

/// The characters of a full bar.
pub const WIDTH: usize = 40;

/// A bar for a share from 0 to 1, with its percentage. `edit.mjs` changes this function.
pub fn bar(share: f64) -> String {
    let filled = cells(share, WIDTH);
    let mut text = "#".repeat(filled);
    text += &" ".repeat(WIDTH - filled);
    text + &percentage(share)
}

/// How many of a number of cells a share fills.
pub fn cells(share: f64, width: usize) -> usize {
    (share.clamp(0.0, 1.0) * width as f64).round() as usize
}

fn percentage(share: f64) -> String {
    format!("{:>7.1} %", share * 100.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_has_one_width() {
        assert_eq!(bar(0.0).len(), bar(1.0).len());
        assert_eq!(cells(0.5, WIDTH), WIDTH / 2);
        assert_eq!(cells(7.0, WIDTH), WIDTH);
    }
}
