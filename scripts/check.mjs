// What must hold before a commit: types, lint, format, architecture (import rules and cycles), generated files in step.
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureBuilt } from './ensure-built.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const bin = (...parts) => join(root, 'node_modules', ...parts);

if (!ensureBuilt()) process.exit(1);
const checks = [
  ['types', [bin('typescript', 'bin', 'tsc'), '-p', 'tsconfig.test.json']],
  ['types of the studio', [bin('typescript', 'bin', 'tsc'), '-p', 'apps/studio']],
  ['lint', [bin('eslint', 'bin', 'eslint.js'), '.']],
  // Code only: documents and flows are laid out by hand.
  ['format', [bin('prettier', 'bin', 'prettier.cjs'), '--check', '--log-level=warn', '**/*.{ts,tsx,mjs,css}']],
  ['architecture', ['--experimental-vm-modules', '--no-warnings', bin('jest', 'bin', 'jest.js'), 'test/architecture.spec.ts']],
  ['generated files', ['scripts/generate-docs.mjs', '--check']],
];
const failed = checks.filter(([name, args]) => {
  console.log(`— ${name}`);
  return spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' }).status !== 0;
});
console.log(failed.length === 0 ? 'All checks hold.' : `Failed: ${failed.map(([name]) => name).join(', ')}`);
process.exitCode = failed.length === 0 ? 0 : 1;
