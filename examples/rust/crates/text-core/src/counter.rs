//! Counts how often each of a set of keys was seen.

use std::collections::BTreeMap;

/// A counter over any ordered key. Being generic, it is compiled where it is used: every crate makes its own copies.
#[derive(Clone, Debug)]
pub struct Counter<Key> {
    counts: BTreeMap<Key, u64>,
    total: u64,
}

impl<Key: Ord> Default for Counter<Key> {
    fn default() -> Self {
        Self {
            counts: BTreeMap::new(),
            total: 0,
        }
    }
}

impl<Key: Ord> Counter<Key> {
    pub fn add(&mut self, key: Key) {
        *self.counts.entry(key).or_insert(0) += 1;
        self.total += 1;
    }

    pub fn total(&self) -> u64 {
        self.total
    }

    pub fn distinct(&self) -> usize {
        self.counts.len()
    }

    pub fn count(&self, key: &Key) -> u64 {
        self.counts.get(key).copied().unwrap_or(0)
    }

    pub fn iter(&self) -> impl Iterator<Item = (&Key, u64)> {
        self.counts.iter().map(|(key, count)| (key, *count))
    }

    /// The most frequent keys, the smaller key first among equals.
    pub fn most_frequent(&self, limit: usize) -> Vec<(&Key, u64)> {
        let mut all: Vec<_> = self.iter().collect();
        all.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(b.0)));
        all.truncate(limit);
        all
    }
}

impl<Key: Ord> FromIterator<Key> for Counter<Key> {
    fn from_iter<Keys: IntoIterator<Item = Key>>(keys: Keys) -> Self {
        let mut counter = Self::default();
        for key in keys {
            counter.add(key);
        }
        counter
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_and_sorts() {
        let counter: Counter<_> = ["b", "a", "b", "c"].into_iter().collect();
        assert_eq!(counter.total(), 4);
        assert_eq!(counter.distinct(), 3);
        assert_eq!(counter.most_frequent(2), [(&"b", 2), (&"a", 1)]);
        assert_eq!(counter.count(&"z"), 0);
    }
}
