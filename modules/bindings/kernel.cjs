'use strict';
// jsii's runtime as one process: `node kernel.cjs <jsii's lib__program.js> <cache folder or ''>`; see kernel.py, which
// has checked that the replaced texts are there. Stock runs the kernel in a child that reads and writes descriptor 3.
const fs = require('node:fs');
const Module = require('node:module');
const path = require('node:path');
const { Writable } = require('node:stream');

const [, , program, cacheFolder] = process.argv;

// Descriptor 1 belongs to the messages: what JavaScript prints goes to Python as lines of JSON on descriptor 2, as stock
// sends it.
for (const name of ['stdout', 'stderr']) {
  const write = (chunk, encoding, done) => {
    const line = Buffer.from(`${JSON.stringify({ [name]: Buffer.from(chunk, encoding).toString('base64') })}\n`);
    for (let start = 0; start < line.length; start += fs.writeSync(2, line, start));
    done();
  };
  let stream;
  Object.defineProperty(process, name, { get: () => (stream ??= Object.assign(new Writable({ write }), { fd: 2 })) });
}

if (cacheFolder) {
  require('./code_cache.cjs').keepCode(cacheFolder);
  globalThis.keptDigest = require('./digests.cjs').keeper(cacheFolder);
}
globalThis.unpacked = require('./unpack.cjs').unpacked;
const source = fs
  .readFileSync(program, 'utf8')
  .replace('readFD:3,writeFD:3', 'readFD:0,writeFD:1')
  .replace('"runtime-index-worker.js"', '"lib__runtime-index-worker.js"')
  // An assertion prints the type of each parameter for a message that is almost never needed.
  .replace('null!=e,`Kernel error: expected type information', 'null!=e,null!=e||`Kernel error: expected type information')
  .replace('function untarVerified(e,p){', 'function untarVerified(e,p){const digest=unpacked(e,p);if(digest)return digest;')
  .replace('digestFile(e,...p){return', 'digestFile(e,...p){if(globalThis.keptDigest)return keptDigest(e,p,()=>readFileChunks(e,()=>{},...p));return');
const kernel = new Module(program, null);
kernel.filename = program;
kernel.paths = Module._nodeModulePaths(path.dirname(program));
kernel._compile(source, program);
