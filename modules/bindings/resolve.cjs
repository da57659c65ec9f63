'use strict';
// CDKTF resolves each value three times and each key like a value, with a context of its own, though few hold a token: 40 % of
// Node's time in a run of many platforms. Here what holds none is returned as it is. See node.cjs.
const fs = require('node:fs');

// A number in a string may be a token, as cdktf/lib/tokens/private/encoding.js looks for it.
const PLAIN = `
const MAY_HOLD_A_NUMBER = /[-|\\d.+]e[-|\\d.eE+]/;
function plain(x) {
    return typeof x === "boolean" || (typeof x === "string" && !x.includes("TfToken[") && !MAY_HOLD_A_NUMBER.test(x) &&
        x !== token_1.Token.STRING_MAP_TOKEN_VALUE && x !== token_1.Token.ANY_MAP_TOKEN_VALUE);
}
`;
const REPLACED = [
  ['const tokenMap = token_map_1.TokenMap.instance();\n', (text) => text + PLAIN],
  ['    const prefix = options.prefix || [];\n', (text) => `    if (plain(obj)) return obj;\n${text}`],
  // Of use to errors only.
  ['    const pathName = "/" + prefix.join("/");\n', () => '    const pathName = { toString: () => "/" + prefix.join("/") };\n'],
  ['makeContext()[0].resolve(key);', (text) => `plain(key) ? key : ${text}`],
  ['makeContext(key)[0].resolve(obj[key]);', (text) => `plain(obj[key]) ? obj[key] : ${text}`],
  ['.map((x, i) => makeContext(`${i}`)[0].resolve(x))', () => '.map((x, i) => plain(x) ? x : makeContext(`${i}`)[0].resolve(x))'],
];

// The changed text of the module; undefined if it is not that of cdktf 0.21.
function withShortcuts(file) {
  const source = fs.readFileSync(file, 'utf8');
  if (REPLACED.some(([text]) => source.split(text).length !== 2)) return undefined;
  return REPLACED.reduce((changed, [text, by]) => changed.replace(text, () => by(text)), source);
}

module.exports = { withShortcuts };
