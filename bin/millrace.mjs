#!/usr/bin/env -S node --max-semi-space-size=64
// Builds what is out of date (in a checkout), then hands over to the command line.
import { ensureBuilt } from '../scripts/ensure-built.mjs';

if (ensureBuilt()) await import('../dist/apps/millrace/main.js');
else process.exitCode = 1;
