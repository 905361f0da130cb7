import http from 'node:http';
import { performance } from 'node:perf_hooks';

const random = () => Math.random().toString(36).slice(2, 10);

/** A form as a person fills it in; under the starter definition it is qualified at once. */
export function formBody() {
  const n = random() + random();
  return new URLSearchParams({
    email: `p${n}@c${n}.example`,
    full_name: `Ada Lovelace ${n}`,
    company: `Engines ${n}`,
    contact_me: 'yes',
  }).toString();
}

const contentType = 'application/x-www-form-urlencoded';

/** Posts one form. @returns {Promise<{status: number, text: string, ms: number}>} */
export function post(agent, { port, path }, body) {
  const at = performance.now();
  return new Promise((resolve) => {
    const request = http.request(
      {
        host: '127.0.0.1',
        port,
        path,
        method: 'POST',
        agent,
        headers: { 'content-type': contentType, 'content-length': Buffer.byteLength(body) },
      },
      (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (part) => (text += part));
        response.on('end', () => resolve({ status: response.statusCode, text, ms: performance.now() - at }));
      },
    );
    request.on('error', (error) => resolve({ status: 0, text: error.message, ms: performance.now() - at }));
    request.end(body);
  });
}

/** As fast as it is accepted, over keep-alive connections, for some seconds. */
export async function burst(target, { seconds, connections = 64 }) {
  const agent = new http.Agent({ keepAlive: true, maxSockets: connections });
  const end = performance.now() + seconds * 1000;
  const latencies = [];
  let accepted = 0;
  let refused = 0;
  await Promise.all(
    Array.from({ length: connections }, async () => {
      while (performance.now() < end) {
        const answer = await post(agent, target, formBody());
        latencies.push(answer.ms);
        if (answer.status >= 200 && answer.status < 300) accepted++;
        else refused++;
      }
    }),
  );
  agent.destroy();
  return { accepted, refused, perSecond: accepted / seconds, ...percentiles(latencies) };
}

/** At a steady rate, whether or not earlier ones were answered. @returns each answer with the instant it was sent. */
export async function steady(target, { seconds, perSecond }) {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 256 });
  const from = performance.now();
  const under = [];
  for (let n = 0; n < seconds * perSecond; n++) {
    const wait = from + (n * 1000) / perSecond - performance.now();
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    const sentAt = Date.now();
    under.push(post(agent, target, formBody()).then((answer) => ({ ...answer, sentAt })));
  }
  const answers = await Promise.all(under);
  agent.destroy();
  return answers;
}

export function percentiles(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
  return { p50: at(0.5), p99: at(0.99), worst: at(1) };
}

export function median(values) {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN;
}
