import type { Text } from '@caretaker/readings/base';
import type { Clause, Rule, Step } from '../rules/clause.ts';
import { relations } from '../rules/relations.ts';
import type { Severity } from '../severity.ts';
import { unitOf } from './metrics.ts';
import { percent, sidedText } from './phrases.ts';
import { duration, glue, join, nothing, text, value } from './words.ts';

const names: Readonly<Record<Severity, Text>> = {
  emergency: text('emergency', '紧急'),
  high: text('high', '高优先级'),
  medium: text('medium', '中优先级'),
  low: text('low', '低优先级'),
  advice: text('advice', '提示'),
};

/** What a sentence says of a rule beside its condition: stages, folding, hiding; without those it has not. */
export function ruleParts(rule: Rule, when: Clause): Text[] {
  const steps = (rule.steps ?? []).map((step) => stepText(rule, step, firstLeaf(when)));
  return [join(steps, ', ', '，'), foldText(rule.fold), ...hiddenTexts(rule)].filter(
    (part) => part !== nothing,
  );
}

/** `high from above 85 °C`, `emergency after 2 h` */
function stepText(rule: Rule, step: Step, leaf: Clause): Text {
  const name = names[step.severity];
  if ('after' in step) {
    const span = duration(step.after);
    return text(`${name.en} after ${span.en}`, glue('满', span.zh, '升为', name.zh));
  }
  const size = 'above' in step ? step.above : step.below;
  const shown =
    leaf.share !== undefined || leaf.baseline?.by === 'ratio'
      ? text(percent(size), percent(size))
      : value(size, unitOf(rule, leaf));
  const beyond = sidedText('above' in step ? 'above' : 'below', shown, false);
  return text(`${name.en} when ${beyond.en}`, glue(beyond.zh, '时升为', name.zh));
}

function foldText(fold: number | undefined): Text {
  if (fold === undefined || fold === 0) return nothing;
  const span = duration(fold);
  return text(
    `breaches at most ${span.en} apart count as one`,
    glue('间隔不超过', span.zh, '的视为同一次'),
  );
}

function hiddenTexts({ hiddenBy }: Rule): Text[] {
  const words = new Set((hiddenBy ?? []).map(({ relation }) => relation));
  return [...words].map((word) => {
    if (word === undefined) {
      return text('no ticket while another fault explains it', '已有其他故障说明时不建单');
    }
    const name = relations[word] ?? text(word, word);
    return text(`no ticket while the ${name.en} is at fault`, `${name.zh}故障期间不建单`);
  });
}

function firstLeaf(clause: Clause): Clause {
  const inner = clause.all?.[0] ?? clause.any?.[0] ?? clause.not;
  return inner === undefined ? clause : firstLeaf(inner);
}
