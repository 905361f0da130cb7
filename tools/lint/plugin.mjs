import * as failures from './failures.mjs';
import * as names from './names.mjs';
import * as purity from './purity.mjs';
import * as structure from './structure.mjs';
import * as tests from './tests.mjs';

/** The house rules that no published plugin knows. */
export const relance = {
  meta: { name: 'relance' },
  rules: {
    'class-size': structure.classSize,
    'constant-log-message': failures.constantLogMessage,
    'explained-disable': failures.explainedDisable,
    'few-dependencies': structure.fewDependencies,
    'file-called-what-it-exports': names.fileCalledWhatItExports,
    'file-names': names.fileNames,
    'no-ambient-context': structure.noAmbientContext,
    'no-branch-on-message': failures.noBranchOnMessage,
    'no-catch-in-handlers': structure.noCatchInHandlers,
    'no-class-name-as-data': failures.noClassNameAsData,
    'no-clock-or-chance': purity.noClockOrChance,
    'no-database-codes': failures.noDatabaseCodes,
    'no-deep-import': structure.noDeepImport,
    'no-empty-catch': failures.noEmptyCatch,
    'no-enum': structure.noEnum,
    'no-environment': structure.noEnvironment,
    'no-export-star': structure.noExportStar,
    'no-focused-or-skipped-tests': tests.noFocusedOrSkippedTests,
    'no-forward-ref': structure.noForwardRef,
    'no-infrastructure-in-services': structure.noInfrastructureInServices,
    'no-injecting-base-class': structure.noInjectingBaseClass,
    'no-local-time': purity.noLocalTime,
    'no-matcherless-expect': tests.noMatcherlessExpect,
    'no-optional-clock': purity.noOptionalClock,
    'no-sleeping-tests': tests.noSleepingTests,
    'no-test-branch': failures.noTestBranch,
    'no-test-support': structure.noTestSupport,
    'no-work-in-constructor': structure.noWorkInConstructor,
    'plain-names': names.plainNames,
    'pure-imports': purity.pureImports,
  },
};
