import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { scoringPreviewRequestSchema } from '@relance/api';
import type { ScoringDefinition, ScoringPreviewRequest, ScoringPreviewView } from '@relance/api';
import { Roles } from '@relance/auth';
import { Clock } from '@relance/clock';
import { InvalidInput } from '@relance/errors';
import { Db } from '@relance/postgres';
import { compileDefinition } from '../decide/compile-definition.js';
import type { CompiledDefinition } from '../decide/compile-definition.js';
import { decideScore } from '../decide/decide-score.js';
import { explainScore } from '../decide/explain-score.js';
import { validateDefinition } from '../decide/validate-definition.js';
import { DefinitionRepository } from '../store/definition.repository.js';

/** What a definition would say of a lead. Nothing is stored and nobody is told. */
@Controller('api/scoring/preview')
@Roles('administrator', 'manager', 'operator')
export class PreviewController {
  constructor(
    private readonly definitions: DefinitionRepository,
    private readonly clock: Clock,
    private readonly db: Db,
  ) {}

  @Post()
  @HttpCode(200)
  async preview(
    @Body({ schema: scoringPreviewRequestSchema }) request: ScoringPreviewRequest,
  ): Promise<ScoringPreviewView> {
    const definition = request.definition ? triedOut(request.definition) : await this.definitions.inForce(this.db);
    const engagements = request.engagements.map((engagement) => ({ ...engagement, at: new Date(engagement.at) }));
    const now = this.clock.now();
    const decision = decideScore(request.facts, engagements, null, null, definition, now);
    const explanation = explainScore(request.facts, engagements, null, decision, definition, now);
    return {
      verdict: decision.verdict,
      fit: decision.fit,
      engagement: decision.engagement,
      grade: decision.grade,
      temperature: decision.temperature,
      direct: decision.direct,
      missing: [...decision.missing],
      disqualifiedFor: decision.disqualifiedFor,
      reasons: [...decision.reasons],
      definitionVersion: decision.definitionVersion,
      changesAt: decision.changesAt?.toISOString() ?? null,
      explanation,
    };
  }
}

/** @throws {InvalidInput} with a pointer to each rule that means nothing. */
function triedOut(document: ScoringDefinition): CompiledDefinition {
  const problems = validateDefinition(document);
  if (problems.length > 0) {
    throw new InvalidInput(problems.map((problem) => ({ ...problem, pointer: `/definition${problem.pointer}` })));
  }
  return compileDefinition(null, document);
}
