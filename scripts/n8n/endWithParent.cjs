/** Loaded into an n8n before n8n itself: ends it when the process that started it is gone, however. */
'use strict';

const process = require('node:process');

const { stdin } = process;
stdin.once('end', () => process.exit(1));
stdin.resume();
// Waiting for that keeps no command from ending.
stdin.unref?.();
