/**
 * `Bunq.node` means Bunq.node.ts, not its codex Bunq.node.json beside it: Node takes the first extension that fits, and
 * tsx adds its own at the end. To be imported first.
 */
const { _extensions: extensions } = require('node:module');

const json = extensions['.json'];
delete extensions['.json'];
extensions['.json'] = json;
