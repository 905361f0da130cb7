import { StandardSchemaValidationPipe } from '@nestjs/common';
import { InvalidInput, issuesOf } from '@relance/errors';

/** Parses what handlers declare with `@Body({schema})`, `@Query({schema})`, `@Param({schema})`; failures name every wrong field. */
export function validationPipe(): StandardSchemaValidationPipe {
  return new StandardSchemaValidationPipe({
    exceptionFactory: (issues) =>
      new InvalidInput(
        issuesOf(
          issues.map((issue) => ({
            message: issue.message,
            code: 'code' in issue && typeof issue.code === 'string' ? issue.code : undefined,
            path: issue.path?.map((part) => (typeof part === 'object' ? part.key : part)),
          })),
        ),
      ),
  });
}
