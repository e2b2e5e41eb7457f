"""Plan one push from a camera image, carry it out, and compare with what was imagined."""

import foresight as fs

model = fs.load('clear_table')  # encoder, predictor and cost head
eye, arm = fs.Perception.of(model), fs.ArmModel.load('panda')

with fs.ClearTable(fs.SimConfig(), arm=arm) as table:
    seen = table.reset(seed=3)
    eye.set_background(table.background, seen.view)
    empty = eye.encode(fs.Observation(table.background, seen.view, seen.stamp))
    now = eye.encode(seen)  # a latent of shape (channel, height, width)

    level = fs.assemble(fs.load_task('clear_table'), model, arm, goal=empty.latent)
    plan = level.decide(now).plan
    push = plan.actions[0].double().numpy()
    print(f'{model.action.describe(push)}, cost {plan.cost:.2f}, {plan.seconds:.1f} s')

    skill = model.action.skill(arm, fs.JointLevelConfig())
    table.execute(skill.plan(push, table.joint_positions).joint_path)
    after = eye.encode(table.observe())

imagined = plan.latents[1]
moved = (after.latent - now.latent).norm()
print(f'imagined within {(imagined - after.latent).norm() / moved:.2f} of what changed')
fs.plot_plan(seen, plan, model.action).savefig('plan.png')
fs.plot_latents(
    {'now': now.latent, 'imagined': imagined, 'after': after.latent}
).savefig('latents.png')
