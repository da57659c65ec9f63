'use strict';
// jsii's index of a package's types, so that the kernel reads the definition of a type from `.jsii` instead of parsing all
// (131 MB of JSON for AWS). jsii writes one, too, after it has parsed everything twice: 2.5 s of CPU; this takes 0.2 s.
const fs = require('node:fs');
const path = require('node:path');

const VERSION = 1;
const KINDS = ['class', 'interface', 'enum']; // jsii's order
const INTERFACE = KINDS.indexOf('interface');
const TYPES = '\n  "types": {\n';

// Writes the index next to the package's `.jsii`, if that has jsii's indentation; otherwise jsii parses it as usual.
function writeTypeIndex(packageDir) {
  const assembly = fs.readFileSync(path.join(packageDir, '.jsii'));
  const found = typesOf(assembly);
  if (!found) return;
  const { rows, start, end } = found;
  const rest = Buffer.concat([assembly.subarray(0, start), Buffer.from('}'), assembly.subarray(end)]);
  const { types, readme, submodules, ...assemblyMetadata } = JSON.parse(rest);
  const names = Buffer.from(rows.map(({ name }) => name).join('\n'));
  const kinds = Buffer.from(rows.map(({ kind }) => kind));
  const offsets = Buffer.alloc(4 * (rows.length + 1));
  rows.forEach(({ offset }, row) => offsets.writeUInt32LE(offset, 4 * row));
  offsets.writeUInt32LE(assembly.length, 4 * rows.length);
  const index = `.jsii.runtime-index.v${VERSION}`;
  const layout = {
    typeCount: rows.length,
    names: { start: 0, length: names.length },
    kinds: { start: names.length, length: kinds.length },
    offsets: { start: names.length + kinds.length, length: offsets.length },
  };
  const manifest = { schema: 'jsii/runtime-index', version: VERSION, index, defs: '.jsii', assemblyMetadata, layout };
  try {
    replace(path.join(packageDir, index), Buffer.concat([names, kinds, offsets]));
    replace(path.join(packageDir, `.jsii.runtime.v${VERSION}.json`), JSON.stringify(manifest));
  } catch {
    // No room or no right to write: jsii reads the whole `.jsii`.
  }
}

// One row for each type, from its brace to its brace, and one without a name for the text before it: jsii takes the
// definitions for a file without gaps. A row without a name is an interface, of which jsii makes nothing.
// JSON has no line break within a string, so indentation alone shows where a type starts and ends.
function typesOf(assembly) {
  const start = assembly.indexOf(TYPES) + TYPES.length - 1; // the line break after the brace
  if (start < TYPES.length) return undefined;
  const rows = [];
  for (let end = start, before = 0; ; ) {
    const head = /^\n    "([^"\\\n]+)": \{\n/.exec(assembly.toString('utf8', end, end + 400));
    const close = assembly.indexOf('\n    }', end);
    if (!head || close < 0) return undefined;
    const brace = end + Buffer.byteLength(head[0]) - 2;
    const kind = /^\n      "kind": "(\w+)"/.exec(assembly.toString('utf8', assembly.indexOf('\n      "kind": "', brace), close));
    if (!kind || !KINDS.includes(kind[1])) return undefined;
    rows.push({ name: '', kind: INTERFACE, offset: before });
    rows.push({ name: head[1], kind: KINDS.indexOf(kind[1]), offset: brace });
    end = before = close + '\n    }'.length;
    if (assembly[end] === ','.charCodeAt(0)) end += 1;
    else if (assembly.toString('utf8', end, end + 4) === '\n  }') break;
    else return undefined;
  }
  const end = assembly.indexOf('\n  }', rows[rows.length - 1].offset);
  rows.push({ name: '', kind: INTERFACE, offset: end });
  return { rows, start, end: end + '\n  }'.length };
}

// By rename, so that another run never reads half a file.
function replace(file, content) {
  const unfinished = `${file}.${process.pid}`;
  try {
    fs.writeFileSync(unfinished, content);
    fs.renameSync(unfinished, file);
  } finally {
    fs.rmSync(unfinished, { force: true });
  }
}

module.exports = { writeTypeIndex };
