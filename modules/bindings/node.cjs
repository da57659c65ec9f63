'use strict';
// Loaded into each Node that jsii starts, by NODE_OPTIONS=--require; see __init__.py. Steps aside with a warning.
const fs = require('node:fs');
const path = require('node:path');
const { isMainThread } = require('node:worker_threads');

const INDEX = /[\\/]lib[\\/]index\.js$/;
const ARCHIVER = /[\\/]node_modules[\\/]archiver[\\/]index\.js$/;
const TERRAFORM_VERSION = /[\\/]cdktf[\\/].*validations[\\/]validate-terraform-version\.js$/;
const STACK_TRACE = /[\\/]cdktf[\\/].*tokens[\\/]private[\\/]stack-trace\.js$/;
const RESOLVE = /[\\/]cdktf[\\/].*tokens[\\/]private[\\/]resolve\.js$/;
const TYPE_INDEX = /[\\/]\.jsii\.runtime\.v\d+\.json$/;
const TYPE_DEFINITIONS = /[\\/]\.jsii(\.runtime-defs\.v\d+\.jsonl)?$/;

const exported = (file, pattern) =>
  [...fs.readFileSync(file, 'utf8').matchAll(pattern)].map((match) => match[1]).sort().join();

// A published provider package has, in addition to the lib/index.js that requires every resource folder (2,212 for AWS:
// 2.3 s), a lib/lazy-index.js with one getter each, which nothing uses. The first name loads the second.
function lazyIndex(index) {
  const lazy = path.join(path.dirname(index), 'lazy-index.js');
  if (!fs.existsSync(lazy)) return index;
  const names = exported(index, /^exports\.(\w+) = require\("\.\/[\w-]+"\);$/gm);
  if (names === exported(lazy, /^Object\.defineProperty\(exports, '(\w+)', /gm)) return lazy;
  process.emitWarning(`modules/bindings steps aside: ${lazy} does not export what index.js does`);
  return index;
}

// jsii keeps the definitions of all types in memory (131 MB for AWS) and decodes a few: read those from the file instead.
function partlyRead(file, read) {
  const descriptor = fs.openSync(file);
  let whole;
  const toString = (encoding, start, end) => {
    const part = Buffer.allocUnsafe(end - start);
    return part.toString(encoding, 0, fs.readSync(descriptor, part, 0, part.length, start));
  };
  const get = (_, name) => {
    if (name === 'toString') return toString;
    const value = (whole ??= read(file))[name];
    return typeof value === 'function' ? value.bind(whole) : value;
  };
  return new Proxy({}, { get });
}

// Half of what CDKTF loads at its start (50 of 95 ms) is the zip writer that only a TerraformAsset needs.
function loadWhenCalled(load, module, filename) {
  let loaded;
  module.exports = (...args) => {
    if (!loaded) {
      load(module, filename);
      loaded = module.exports;
    }
    return loaded(...args);
  };
}

function loadWithShortcuts(load, module, filename) {
  const source = require('./resolve.cjs').withShortcuts(filename);
  if (source) return module._compile(source, filename);
  process.emitWarning('modules/bindings steps aside: cdktf resolves tokens in another way');
  return load(module, filename);
}

// CDKTF runs `terraform version` for each terraform_data, import, move and cloud block, though nothing else of a synthesis
// needs Terraform. Its version is Terraform's to check, against the `required_version` that each stack states.
function skipTerraformVersion({ ValidateTerraformVersion }) {
  if (ValidateTerraformVersion) ValidateTerraformVersion.prototype.validate = () => [];
  else process.emitWarning('modules/bindings steps aside: cdktf checks the version of Terraform in another way');
}

if (process.env.CDKTF_STOCK_BINDINGS !== '1' && isMainThread) {
  const load = require.extensions['.js'];
  require.extensions['.js'] = (module, filename) => {
    if (ARCHIVER.test(filename)) return loadWhenCalled(load, module, filename);
    if (RESOLVE.test(filename)) return loadWithShortcuts(load, module, filename);
    load(module, INDEX.test(filename) ? lazyIndex(filename) : filename);
    if (TERRAFORM_VERSION.test(filename)) skipTerraformVersion(module.exports);
    // One trace per token, 10 % of a run: its frames are in Node and lead to no line of Python.
    if (STACK_TRACE.test(filename) && module.exports.captureStackTrace) module.exports.captureStackTrace = () => [];
  };
  const read = fs.readFileSync;
  fs.readFileSync = (file, ...options) => {
    if (typeof file === 'string' && TYPE_INDEX.test(file) && !fs.existsSync(file)) require('./type_index.cjs').writeTypeIndex(path.dirname(file));
    if (typeof file === 'string' && TYPE_DEFINITIONS.test(file) && !options.length) return partlyRead(file, read);
    return read(file, ...options);
  };
}
