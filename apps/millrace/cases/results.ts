import { differenceText, type Difference } from '@millrace/cases';
import type { Suite } from './suite.js';

/** How one case went. */
export interface CaseResult {
  readonly flow: string;
  readonly name: string;
  readonly passed: boolean;
  readonly differences: readonly (Difference & { readonly where: string })[];
}

/** Runs the cases whose name contains `filter`, one after the other; tells of each as it ends. */
export async function runSuites(suites: readonly Suite[], filter: string, ended: (result: CaseResult) => void): Promise<CaseResult[]> {
  const results: CaseResult[] = [];
  for (const suite of suites) {
    for (const one of suite.cases.filter(({ name }) => name.toLowerCase().includes(filter.toLowerCase()))) {
      const found = await suite.run(one);
      const differences = found.map((difference) => ({ ...difference, where: suite.where(one, difference.pointer) }));
      const result = { flow: suite.flow, name: one.name, passed: found.length === 0, differences };
      results.push(result);
      ended(result);
    }
  }
  return results;
}

/** A line for a case that holds; for one that does not, each difference below it. */
export function resultText({ flow, name, passed, differences }: CaseResult): string {
  const line = `${passed ? '✓' : '✗'} ${flow}: ${name}`;
  return [line, ...differences.map((difference) => differenceText(difference, difference.where))].join('\n');
}

/** `12 cases: 11 passed, 1 failed`. */
export function resultSummary(results: readonly CaseResult[]): string {
  const passed = results.filter((result) => result.passed).length;
  return `${results.length} case${results.length === 1 ? '' : 's'}: ${passed} passed, ${results.length - passed} failed`;
}
