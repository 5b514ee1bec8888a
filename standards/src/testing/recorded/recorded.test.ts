import { expect, it } from 'vitest';
import { loadStandard } from '../../catalogue/load.ts';
import { ruleOf } from '../../catalogue/standard.ts';
import { testRule, testStandard } from '../../engine/testing/fixture.ts';
import type { Rule } from '../../rules/clause.ts';
import {
  describeRecorded,
  judgeRecorded,
  type Measured,
  plausible,
  rowsOf,
  utc,
} from './support.ts';

/*
 * Every expected episode was first computed by a separate program in another language, straight from the files and
 * the wording of the rules; the notes say why each is right.
 */
const hour = 3_600_000;
const standard = loadStandard();
const ofCatalogue = (id: string): Rule => ruleOf(standard, id) as Rule;
const spans = (episodes: ReturnType<typeof judgeRecorded>) =>
  episodes.map(({ onset, end }) => `${onset} to ${end ?? 'the last reading'}`);

const noiseFile = 'noise_laeq_noisemonitor/test_data_laeq1m.csv';
const binsFile = 'dtu_smart_trash_lorawan/readings.csv';
const ambientFile = 'nab_temperature_failure/ambient_temperature_system_failure.csv';
const machineFile = 'nab_temperature_failure/machine_temperature_system_failure.csv';

/** Degrees Fahrenheit in the files, by their range. */
const celsius = (file: string): Measured[] =>
  rowsOf(file).map(([time = '', value]) => [utc(time), (Number(value) - 32) / 1.8]);

const noise = (): Measured[] =>
  rowsOf(noiseFile).map(([time = '', value]) => [utc(time), Number(value)]);

describeRecorded(noiseFile, 'eleven days of noise beside a dwelling, day and night', () => {
  it('is ten episodes, one a day, and not 1,038 alarms', () => {
    const found = judgeRecorded(standard, ofCatalogue('sound-leq'), 'laeq_db', noise());
    // It gets loud between five and eight in the morning and quiet after eleven at night: the quarter-hour mean must
    // stay under 47 for ten minutes, so a calm noon does not end it.
    expect(spans(found)).toEqual([
      '03-21 03:31:30 to 03-21 19:32:30',
      '03-22 14:17:30 to 03-23 00:18:30',
      '03-24 05:40:30 to 03-25 01:08:30',
      // The loudest quarter of an hour of all: 62.4 dB(A).
      '03-25 05:20:30 to 03-25 23:21:30',
      '03-26 05:27:30 to 03-26 23:16:30',
      // This night never falls below 47 for ten minutes: 50.2 dB(A) over its eight hours.
      '03-27 05:20:30 to 03-28 11:20:30',
      '03-28 15:45:30 to 03-28 18:12:30',
      '03-29 06:58:30 to 03-29 15:20:30',
      // Nor does this one: 53.1 dB(A).
      '03-30 08:23:30 to 03-31 23:43:30',
      '04-01 05:16:30 to the last reading',
    ]);
    const worst = found.map((episode) => Number(episode.worst).toFixed(1));
    expect(worst).toEqual([
      '56.7',
      '55.0',
      '57.7',
      '62.4',
      '56.9',
      '55.8',
      '52.2',
      '57.3',
      '59.4',
      '57.6',
    ]);
  });
});

describeRecorded(noiseFile, 'the nights of the same eleven days', () => {
  /** LAeq of the eight hours before each 06:00, as a sound level meter says it in the morning. */
  const nights = (): Measured[] => {
    const byMorning = Map.groupBy(noise(), ([at]) => Math.ceil((at - 6 * hour) / (24 * hour)));
    return [...byMorning].flatMap(([day, minutes]): Measured[] => {
      const morning = day * 24 * hour + 6 * hour;
      const night = minutes.filter(([at]) => at >= morning - 8 * hour && at < morning);
      const energy = night.reduce((sum, [, db]) => sum + 10 ** (db / 10), 0) / night.length;
      // The record begins and ends within a night: only whole ones are a night's level.
      return night.length === 480 ? [[morning, 10 * Math.log10(energy)]] : [];
    });
  };

  it('are over 45 dB(A) but for the first, as a separate program found', () => {
    expect(nights().map(([, db]) => Number(db.toFixed(1)))).toEqual([
      44.8, 47.8, 46.5, 48.2, 46.7, 48, 50.2, 47, 46.6, 53.1, 47.8,
    ]);
  });

  it('are one episode from the third loud morning on', () => {
    const found = judgeRecorded(standard, ofCatalogue('sound-nights'), 'night_db', nights());
    expect(spans(found)).toEqual(['03-25 06:00:00 to the last reading']);
    expect(Number(found[0]?.worst).toFixed(1)).toBe('53.1');
  });
});

describeRecorded(binsFile, 'six weeks of ultrasonic bins, where 0 cm is no echo', () => {
  const distances = (node: string): Measured[] =>
    rowsOf(binsFile)
      .filter(([, id]) => id === node)
      .map(([time = '', , distance]) => [Date.parse(time), Number(distance)]);
  const judged = (series: readonly Measured[]) =>
    judgeRecorded(standard, ofCatalogue('bin-full-distance'), 'distance_cm', series);

  it.each([
    // Waste settles or is pressed down within two hours; one minute between two readings on the 24th.
    [
      '02014101',
      [
        '05-23 11:09:03 to 05-23 13:16:13',
        '05-24 08:32:16 to 05-24 08:33:24',
        '05-25 20:23:10 to 05-26 05:49:59',
      ],
    ],
    // Full over a weekend again and again, and still full when the record ends.
    [
      '02014102',
      [
        '05-14 16:25:39 to 05-17 07:48:48',
        '05-18 15:33:45 to 05-18 21:54:34',
        '05-28 22:09:41 to 05-31 06:25:33',
        '06-01 18:33:06 to 06-02 09:24:21',
        '06-04 15:42:04 to 06-06 19:44:47',
        '06-12 11:28:18 to the last reading',
      ],
    ],
    ['02014103', ['05-15 08:35:54 to 05-15 10:46:55']],
    [
      '02014104',
      [
        '05-19 20:41:27 to 05-20 07:27:04',
        '05-24 09:45:15 to 05-24 18:24:59',
        '05-26 08:09:54 to 05-26 12:28:27',
        '05-30 15:41:52 to 05-31 06:47:28',
      ],
    ],
  ])('finds bin %s full on two readings in a row, until 45 cm are free', (node, expected) => {
    expect(spans(judged(plausible('bin', 'distance_cm', distances(node))))).toEqual(expected);
  });

  it('would call a bin full twice more if 0 cm were taken for a distance', () => {
    const all = distances('02014104');
    expect(new Set(all.filter(([, cm]) => cm === 0).map(([at]) => at)).size).toBe(14);
    expect(judged(all)).toHaveLength(6);
  });
});

describeRecorded(ambientFile, 'eleven months of an office where the cooling fails twice', () => {
  it('drifts away from the same hour of the last seven days three times', () => {
    const drift = ofCatalogue('climate-drift');
    expect(spans(judgeRecorded(standard, drift, 'temp_c', celsius(ambientFile)))).toEqual([
      // 24.5 °C after weeks at 21 to 23: not labelled, but plain to see. The record has a gap of four days, which ends
      // nothing; the first reading after it does.
      '09-27 00:00:00 to 10-01 12:00:00',
      // The first labelled failure, 22 December at 20:00: a day before the label, 5 °C above the week before.
      '12-21 20:00:00 to 12-23 14:00:00',
      // 21 °C after four days at 16 to 19: not labelled.
      '05-21 14:00:00 to 05-22 02:00:00',
    ]);
    // The second labelled failure, 13 April, is a fall to 15 °C after a week without any reading: this rule looks upward
    // and has no baseline there. The fixed limit of 18 °C finds it.
    const fixed = judgeRecorded(
      standard,
      ofCatalogue('climate-range'),
      'temp_c',
      celsius(ambientFile),
    );
    const covers = ({ onset, end }: (typeof fixed)[number]) =>
      onset.startsWith('04-1') && onset <= '04-13 09:00:00' && (end ?? '') > '04-13 09:00:00';
    expect(fixed.filter(covers)).toHaveLength(1);
  });
});

describeRecorded(machineFile, 'eleven weeks of a machine that fails four times', () => {
  it('falls 15 °C below the median of its last seven days in all four, and once more', () => {
    const drift = testRule({
      id: 'machine-drift',
      kind: 'climate',
      when: {
        metric: 'temp_c',
        unit: '°C',
        over: 'mean',
        window: hour,
        below: -15,
        clear: -12,
        baseline: { bucket: 24 * hour, of: 7, figure: 'median', by: 'difference' },
      },
      for: 3 * hour,
      clearFor: hour,
    });
    const found = judgeRecorded(testStandard([drift]), drift, 'temp_c', celsius(machineFile));
    expect(spans(found)).toEqual([
      // Labelled 10 December 06:25 to 12 December.
      '12-10 06:50:00 to 12-10 22:35:00',
      // Labelled 15 December 17:50 to 17 December: the deepest fall of all, 46 °C.
      '12-16 00:45:00 to 12-16 19:20:00',
      // A fall of five hours that nobody labelled.
      '01-05 13:25:00 to 01-05 18:35:00',
      // Labelled at this very minute.
      '01-28 13:55:00 to 01-28 19:35:00',
      // Labelled 8 February 14:30: found 27 hours before.
      '02-07 11:15:00 to 02-09 12:40:00',
    ]);
  });
});
