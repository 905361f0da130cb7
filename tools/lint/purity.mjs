import { forbid } from './forbid.mjs';

const AMBIENT = 'process|performance|crypto|console|globalThis|localStorage|navigator';
const TIMERS = 'setTimeout|setInterval|setImmediate|queueMicrotask|fetch|require';
const LOCAL_TIME =
  'getTimezoneOffset|getFullYear|getMonth|getDate|getDay|getHours|getMinutes|setFullYear|setMonth|setDate|setHours|setMinutes|toLocaleString|toLocaleDateString|toLocaleTimeString';

export const noClockOrChance = forbid(
  'A decision is pure: time, policy and chance are required arguments; no clock, no chance, no process, nothing awaited.',
  [
    "NewExpression[callee.name='Date'][arguments.length=0]",
    "CallExpression[callee.name='Date']",
    "MemberExpression[object.name='Date'][property.name='now']",
    "MemberExpression[object.name='Math'][property.name='random']",
    "MemberExpression[object.name='Temporal'][property.name='Now']",
    "CallExpression[callee.object.name='DateTime'][callee.property.name='now']",
    "CallExpression[callee.object.name='DateTime'][callee.property.name=/^(local|utc)$/][arguments.length=0]",
    `MemberExpression[object.name=/^(${AMBIENT})$/]`,
    `CallExpression[callee.name=/^(${TIMERS})$/]`,
    'AwaitExpression',
    'ImportExpression',
    'ForOfStatement[await=true]',
    ':function[async=true]',
  ],
);

export const noLocalTime = forbid(
  "This reads the machine's time zone. A decision names its zone: use the UTC methods, or luxon with a zone.",
  [`CallExpression[callee.property.name=/^(${LOCAL_TIME})$/][callee.object.type!='Super']`],
);

export const noOptionalClock = forbid('The clock is a required argument: an optional one is forgotten in silence.', [
  ':function > Identifier.params[name=/^(now|clock)$/][optional=true]',
  ':function > AssignmentPattern.params[left.name=/^(now|clock)$/]',
  ':function > TSParameterProperty.params > Identifier.parameter[name=/^(now|clock)$/][optional=true]',
  ':function > TSParameterProperty.params > AssignmentPattern.parameter[left.name=/^(now|clock)$/]',
]);

/** Lets a pure folder import its neighbours and what is listed, nothing else; a listed package may be narrowed to some names. */
export const pureImports = {
  meta: {
    type: 'problem',
    schema: [
      {
        type: 'object',
        properties: { packages: { type: 'object' }, allowParent: { type: 'boolean' } },
        required: ['packages', 'allowParent'],
        additionalProperties: false,
      },
    ],
    messages: {
      parent: "Pure code does not reach for '{{source}}': what it needs is passed to it.",
      unlisted: "Pure code does not import '{{source}}'.",
      name: "Pure code may take {{allowed}} from '{{source}}', not '{{name}}'.",
    },
  },
  create(context) {
    const [{ packages, allowParent }] = context.options;

    const check = (node) => {
      const source = node.source?.value;
      if (typeof source !== 'string') return;
      if (source.startsWith('./')) return;
      if (source.startsWith('../')) {
        if (!allowParent) context.report({ node, messageId: 'parent', data: { source } });
        return;
      }
      const allowed = packages[source];
      if (allowed === undefined) {
        context.report({ node, messageId: 'unlisted', data: { source } });
        return;
      }
      if (allowed === true) return;
      for (const specifier of node.specifiers ?? []) {
        const name = specifier.imported?.name ?? specifier.local?.name;
        if (!allowed.includes(name)) {
          context.report({ node: specifier, messageId: 'name', data: { source, name, allowed: allowed.join(', ') } });
        }
      }
    };

    return { ImportDeclaration: check, ExportNamedDeclaration: check, ExportAllDeclaration: check };
  },
};
