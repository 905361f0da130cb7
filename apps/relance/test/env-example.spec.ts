import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { sectionsOf } from '@relance/bootstrap';
import { gatewayConfig, supervisorConfig } from '@relance/process';
import { services } from '../src/services.js';

it('.env.example lists every variable that is read, with what it is for, and no other', () => {
  const listed = readFileSync(new URL('../../../.env.example', import.meta.url), 'utf8')
    .split('\n')
    .filter((line) => /^#? ?[A-Z][A-Z0-9_]*=/.test(line))
    .map((line) => line.replace(/^# ?/, ''));

  const read = [...sectionsOf(services), gatewayConfig, supervisorConfig].flatMap((section) =>
    Object.entries(section.variables).map(
      ([name, variable]) => `${name}=${variable.isSecret === true ? '' : (variable.example ?? '')}`,
    ),
  );

  // A variable that two sections read stands once.
  expect(listed.toSorted()).toEqual([...new Set(read)].toSorted());
});
