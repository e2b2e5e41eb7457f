"""A macro-action of your own, made of one that is there: gentle pushes, short and slow."""

from dataclasses import replace
from pathlib import Path

import foresight as fs
from foresight.actions.push.macro_action import PushAction
from foresight.actions.push.settings import PushConfig

TASK = """
actions: [my_action:Gentle]
terms: {remaining: 1.0, progress: 0.3, dropped: 10.0}
done: {term: remaining, below: 0.3}
"""


class Gentle(PushAction):
    """Pushes of 6 to 18 cm at half the speed; all else is as for a push."""
    kind = 'my_action:Gentle'


if __name__ == '__main__':
    Path('gentle.yaml').write_text(TASK)
    known, arm = fs.load('clear_table'), fs.ArmModel.load('panda')
    gentle = Gentle(known.config.scene, PushConfig(length_high=0.18, sweep_speed=0.15))
    model = replace(known, foreseen=gentle)  # the same networks, asked about other actions
    eye, skill = fs.Perception.of(model), gentle.skill(arm, fs.JointLevelConfig())
    level = fs.assemble(fs.load_task('gentle.yaml'), model, arm)
    with fs.ClearTable(fs.SimConfig(), arm=arm) as table:
        seen = table.reset(seed=2000)
        eye.set_background(table.background, seen.view)
        while table.outcome().remaining and (plan := level.decide(eye.encode(seen)).plan):
            push = plan.actions[0].double().numpy()
            table.execute(skill.plan(push, table.joint_positions).joint_path)
            seen = table.observe()
            print(f'{gentle.describe(push)}: {table.outcome().remaining} left')
