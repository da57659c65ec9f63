'use strict';
// V8's compiled code of each module, kept from run to run; `node:module` does so by itself only since Node 22.1.
const fs = require('node:fs');
const Module = require('node:module');
const path = require('node:path');
const vm = require('node:vm');
const { createHash } = require('node:crypto');

const HEADER = 16;

// The folder must be one where only its user can write: V8 runs what it finds there. V8 itself refuses code of another
// version of V8, of other flags, or of a source of another length; that the source is the same, its time and size say.
function keepCode(folder) {
  const kept = path.join(folder, `node-${process.version}-${process.arch}`);
  const compile = Module.prototype._compile;
  const fresh = [];

  Module.prototype._compile = function (content, filename, format) {
    const status = fs.statSync(filename, { throwIfNoEntry: false });
    if ((format !== undefined && format !== 'commonjs') || !status) return compile.call(this, content, filename, format);
    // jsii links its packages into a new temporary folder at each run; what is linked stays where it is.
    const source = fs.realpathSync.native(filename);
    const file = path.join(kept, createHash('sha256').update(source).digest('hex').slice(0, 32));
    const header = Buffer.alloc(HEADER);
    header.writeDoubleLE(status.mtimeMs, 0);
    header.writeDoubleLE(status.size, 8);
    const options = { filename, cachedData: read(file, header) };
    if (vm.constants) options.importModuleDynamically = vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER;
    const script = new vm.Script(Module.wrap(content), options);
    if (!options.cachedData || script.cachedDataRejected) fresh.push({ file, header, script });
    const require = Object.assign((id) => this.require(id), {
      resolve: (request, from) => Module._resolveFilename(request, this, false, from),
      main: process.mainModule,
      extensions: Module._extensions,
      cache: Module._cache,
    });
    return script.runInThisContext().call(this.exports, this.exports, require, this, filename, path.dirname(filename));
  };

  // At the exit, when the code of functions that were called is there, too.
  process.on('exit', () => {
    try {
      if (fresh.length) fs.mkdirSync(kept, { recursive: true, mode: 0o700 });
      for (const { file, header, script } of fresh) replace(file, Buffer.concat([header, script.createCachedData()]));
    } catch {
      // No room or no right to write: the next run compiles again.
    }
  });
}

function read(file, header) {
  let content;
  try {
    content = fs.readFileSync(file);
  } catch {
    return undefined;
  }
  return content.length > HEADER && content.subarray(0, HEADER).equals(header) ? content.subarray(HEADER) : undefined;
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

module.exports = { keepCode };
