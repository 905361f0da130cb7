import { forbid } from './forbid.mjs';

export const noSleepingTests = forbid('Tests do not sleep: poll with `eventually`, or pass the time.', [
  'CallExpression[callee.name=/^(setTimeout|setInterval|sleep|delay|pause)$/]',
  'CallExpression[callee.property.name=/^(setTimeout|setInterval|sleep|waitForTimeout)$/]',
  'ImportDeclaration[source.value=/^(node:)?timers(\\u002Fpromises)?$/]',
]);

export const noFocusedOrSkippedTests = forbid(
  'No focused, skipped or todo test. A test that needs a part asks for it: describePart.',
  [
    'MemberExpression[object.name=/^(it|test|describe)$/][property.name=/^(only|skip|todo|failing)$/]',
    'MemberExpression[property.name=/^(only|skip|todo|failing)$/][object.type="MemberExpression"][object.object.name=/^(it|test|describe)$/]',
    'ImportSpecifier[imported.name=/^(fit|fdescribe|xit|xtest|xdescribe)$/]',
    'CallExpression[callee.name=/^(fit|fdescribe|xit|xtest|xdescribe)$/]',
  ],
);

/** An `expect(…)` that ends without a matcher checks nothing and passes. */
export const noMatcherlessExpect = {
  meta: { type: 'problem', schema: [], messages: { matcher: 'This expect has no matcher: it checks nothing.' } },
  create(context) {
    const MODIFIERS = new Set(['not', 'resolves', 'rejects']);
    const isExpectCall = (node) => node.type === 'CallExpression' && node.callee.name === 'expect';
    const rootsInExpect = (node) => {
      for (let at = node; at; at = at.object ?? (at.type === 'CallExpression' ? at.callee : null)) {
        if (isExpectCall(at)) return true;
      }
      return false;
    };
    const checksNothing = (node) => {
      if (isExpectCall(node)) return true;
      if (node.type === 'MemberExpression') return rootsInExpect(node);
      return (
        node.type === 'CallExpression' &&
        node.callee.type === 'MemberExpression' &&
        MODIFIERS.has(node.callee.property.name) &&
        rootsInExpect(node.callee)
      );
    };
    const check = (expression) => {
      const node = expression.type === 'AwaitExpression' ? expression.argument : expression;
      if (checksNothing(node)) context.report({ node, messageId: 'matcher' });
    };
    return {
      ExpressionStatement: (node) => check(node.expression),
      ArrowFunctionExpression: (node) => {
        if (node.body.type !== 'BlockStatement') check(node.body);
      },
    };
  },
};
