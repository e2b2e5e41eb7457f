"""An arm of your own is a folder: here a UR5e that no push may lead to a vase at the far left."""

import shutil
from pathlib import Path

import torch

import foresight as fs
from foresight.files import share
from foresight.rollout.loop import evaluate
from foresight.rollout.players import ClearTablePlayers

ROBOT = """
name: my_arm
description: arm.urdf.xacro
base_frame: base_link
tool: paddle
flange: flange
tool_frame: tool0
joints: [shoulder_pan_joint, shoulder_lift_joint, elbow_joint,
         wrist_1_joint, wrist_2_joint, wrist_3_joint]
retract: [-0.4, -1.9, 1.32, -0.9908, -1.5708, -0.4]
keep_out: {vase: [0.58, 0.65, 0.20, 0.30]}
"""

if __name__ == '__main__':
    (folder := Path('my_arm')).mkdir(exist_ok=True)
    (folder / 'robot.yaml').write_text(ROBOT)
    shutil.copy(share('config/robots/ur5e/arm.urdf.xacro'), folder)

    arm, push = fs.ArmModel.load(folder), fs.load('clear_table').action
    pushes = push.sampler(push.feasible(arm, fs.JointLevelConfig()))(500, torch.Generator())
    for guard in push.keep_out(arm):
        print(f'{guard.name}: spared by {guard(pushes).float().mean():.2f} of what is in reach')
    players = ClearTablePlayers(
        'planner', 'clear_table', fs.SimConfig(), 'clear_table', robot=str(folder),
    )
    for end in evaluate(players, seeds=[2001]):
        print(f'seed {end.seed}: {"cleared" if end.success else "not cleared"}')
