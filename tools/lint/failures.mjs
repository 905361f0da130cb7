import { forbid } from './forbid.mjs';

export const noEmptyCatch = forbid('No empty catch: a failure is handled, told, or left to pass.', [
  'CatchClause[body.body.length=0]',
  "CallExpression[callee.property.name='catch'] > :function.arguments[body.type='BlockStatement'][body.body.length=0]",
]);

export const noDatabaseCodes = forbid(
  'Database codes are read in @relance/postgres alone; ask it what the error was.',
  [
    'BinaryExpression[operator=/^[!=]==?$/] > Literal[value=/^(08|22|23|25|40|42|53|55|57)[0-9A-Z]{3}$/]',
    'SwitchCase > Literal[value=/^(08|22|23|25|40|42|53|55|57)[0-9A-Z]{3}$/]',
  ],
);

export const noClassNameAsData = forbid(
  'Event, queue, job and error names are literals written once, never taken from a class.',
  ["MemberExpression[property.name='name'][object.type='MemberExpression'][object.property.name='constructor']"],
);

export const noTestBranch = forbid('The code does not ask whether it is being tested.', [
  'BinaryExpression[operator=/^[!=]==?$/]:has(Literal[value=/^tests?$/]):has(Identifier[name=/env/i])',
  "MemberExpression[property.name='JEST_WORKER_ID']",
  "Literal[value='JEST_WORKER_ID']",
  "ImportDeclaration[source.value='@jest/globals']",
]);

export const explainedDisable = {
  meta: { type: 'suggestion', schema: [], messages: { why: 'Say why: `eslint-disable-… rule -- reason`.' } },
  create(context) {
    return {
      Program() {
        for (const comment of context.sourceCode.getAllComments()) {
          if (/^\s*eslint-disable/.test(comment.value) && !/\s--\s+\S{3,}/.test(comment.value)) {
            context.report({ loc: comment.loc, messageId: 'why' });
          }
        }
      },
    };
  },
};

const LEVELS = new Set(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'log', 'verbose']);

/** A log line is a constant message and fields, so that it can be counted and holds nothing personal by accident. */
export const constantLogMessage = {
  meta: { type: 'problem', schema: [], messages: { constant: 'A log message is constant; what varies is a field.' } },
  create(context) {
    const isLog = (node) => /^(log|logger)$/i.test(node.name ?? node.property?.name ?? '');
    const varies = (node) =>
      (node.type === 'TemplateLiteral' && node.expressions.length > 0) ||
      (node.type === 'BinaryExpression' && node.operator === '+');
    return {
      CallExpression(node) {
        const { callee } = node;
        if (callee.type !== 'MemberExpression' || !LEVELS.has(callee.property.name) || !isLog(callee.object)) return;
        for (const argument of node.arguments) {
          if (varies(argument)) context.report({ node: argument, messageId: 'constant' });
        }
      },
    };
  },
};

/** Branch on a code or a kind: a message may be reworded any day. */
export const noBranchOnMessage = {
  meta: { type: 'problem', schema: [], messages: { branch: 'Never branch on a message: use the code or the kind.' } },
  create(context) {
    const services = context.sourceCode.parserServices;
    const checker = services.program.getTypeChecker();

    const isError = (type) =>
      type.isUnionOrIntersection()
        ? type.types.some(isError)
        : type.symbol?.name === 'Error' || (type.getBaseTypes?.() ?? []).some(isError);

    const isMessage = (node) =>
      node?.type === 'MemberExpression' &&
      node.property.name === 'message' &&
      isError(checker.getNonNullableType(services.getTypeAtLocation(node.object)));

    const report = (node) => context.report({ node, messageId: 'branch' });
    return {
      BinaryExpression(node) {
        if (/^[!=]==?$/.test(node.operator) && (isMessage(node.left) || isMessage(node.right))) report(node);
      },
      SwitchStatement(node) {
        if (isMessage(node.discriminant)) report(node);
      },
      CallExpression(node) {
        const { callee } = node;
        if (callee.type !== 'MemberExpression') return;
        const asks = ['includes', 'startsWith', 'endsWith', 'match', 'search', 'indexOf'].includes(
          callee.property.name,
        );
        const tests = ['test', 'exec'].includes(callee.property.name);
        if (asks && isMessage(callee.object)) report(node);
        if (tests && isMessage(node.arguments[0])) report(node);
      },
    };
  },
};
