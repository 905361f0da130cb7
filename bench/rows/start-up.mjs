import { rmSync } from 'node:fs';
import { startProduct } from '../lib/product.mjs';

/** From the command to the ready line, on a directory that was used before. */
export async function startUp({ rounds }) {
  const first = await startProduct();
  await first.stop({ keep: true });
  const ready = [];
  const stopped = [];
  for (let round = 0; round < Math.max(rounds, 3); round++) {
    const again = await startProduct({ dataDirectory: first.dataDirectory });
    ready.push(again.readyMs / 1000);
    stopped.push((await again.stop({ keep: true })) / 1000);
  }
  rmSync(first.dataDirectory, { recursive: true, force: true });
  return [
    {
      what: 'start on a used directory → ready',
      unit: 's',
      values: ready,
      target: { atMost: 5 },
      seen: `first start ${(first.readyMs / 1000).toFixed(1)} s`,
    },
    { what: 'stop', unit: 's', values: stopped, target: { atMost: 5 } },
  ];
}
