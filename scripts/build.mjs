import { build } from './ensure-built.mjs';

process.exitCode = build() ? 0 : 1;
