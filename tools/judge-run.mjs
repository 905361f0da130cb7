/** A test that asked for a part that is not here says so in its title. */
const NEEDS = /\[needs ([a-z0-9-]+)\]/;

/**
 * Decides how a whole run went.
 *
 * A failed step (build, types, lint, format) and a test file that could not run count as one failure each. What was
 * skipped is named; it fails the run only where everything has to run (`isStrict`), and then each test counts.
 *
 * @param {object} run
 * @param {object | null} run.results what Jest wrote by --json, null if it wrote nothing
 * @param {boolean} run.jestSucceeded whether Jest ended with 0
 * @param {string[]} run.failedSteps
 * @param {boolean} run.isStrict
 */
export function judgeRun({ results, jestSucceeded, failedSteps, isStrict }) {
  const complaints = failedSteps.map((name) => `✗ ${name}`);
  if (results === null) {
    const failed = failedSteps.length + 1;
    return { passed: 0, failed, missing: [], skipped: [], complaints: [...complaints, '✗ Jest did not finish'] };
  }

  const tests = results.testResults.flatMap((file) => file.assertionResults);
  const notRun = tests.filter(({ status }) => !['passed', 'failed'].includes(status));
  const needs = new Map();
  const skipped = [];
  for (const { fullName } of notRun) {
    const part = NEEDS.exec(fullName)?.[1];
    if (part === undefined) skipped.push(fullName);
    else needs.set(part, (needs.get(part) ?? 0) + 1);
  }

  const broken = results.testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && !assertionResults.some((test) => test.status === 'failed'),
  );
  complaints.push(...broken.map(({ name }) => `✗ ${name} did not run`));

  const passed = tests.filter(({ status }) => status === 'passed').length;
  let failed = tests.filter(({ status }) => status === 'failed').length + broken.length + failedSteps.length;
  if (isStrict) failed += notRun.length;
  if (passed === 0) {
    complaints.push('✗ no test ran');
    failed += 1;
  }
  if (!jestSucceeded && failed === 0) {
    complaints.push('✗ Jest failed for another reason: see above');
    failed += 1;
  }

  const missing = [...needs].map(([part, count]) => ({ part, count })).sort((a, b) => a.part.localeCompare(b.part));
  return { passed, failed, missing, skipped, complaints };
}
