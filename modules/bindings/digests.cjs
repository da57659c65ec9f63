'use strict';
// jsii reads and hashes the archives of its packages at every run (51 MB, 0.08 s), to find what it has unpacked of them.
// The digests are kept with what says that a file is the same: its place, inode, size and times, of which the system
// sets one (ctime) at each write.
const fs = require('node:fs');
const path = require('node:path');

function keeper(folder) {
  const file = path.join(folder, 'digests.json');
  const kept = new Map(entries(file));
  return (archive, more, digest) => {
    const { ino, size, mtimeMs, ctimeMs } = fs.statSync(archive);
    const now = [ino, size, mtimeMs, ctimeMs, ...more];
    const { before, hex } = kept.get(archive) ?? {};
    if (JSON.stringify(before) === JSON.stringify(now) && /^[0-9a-f]{64}$/.test(hex)) return Buffer.from(hex, 'hex');
    const made = digest();
    kept.set(archive, { before: now, hex: made.toString('hex') });
    write(file, JSON.stringify(Object.fromEntries(kept)));
    return made;
  };
}

function entries(file) {
  try {
    return Object.entries(JSON.parse(fs.readFileSync(file, 'utf8')));
  } catch {
    return []; // none yet, or damaged
  }
}

function write(file, content) {
  const unfinished = `${file}.${process.pid}`;
  try {
    fs.writeFileSync(unfinished, content, { mode: 0o600 });
    fs.renameSync(unfinished, file);
  } catch {
    // No room or no right to write: the next run hashes again.
  }
}

module.exports = { keeper };
