// Says by its exit code whether the process in this container lives, or is ready: node healthcheck.mjs live|ready
const question = process.argv[2] === 'live' ? 'live' : 'ready';
try {
  const response = await fetch(`http://127.0.0.1:${process.env.PORT || 3000}/health/${question}`, {
    signal: AbortSignal.timeout(4_000),
  });
  process.exitCode = response.ok ? 0 : 1;
} catch (error) {
  console.error(`no answer: ${error.message}`);
  process.exitCode = 1;
}
