import asyncio, time
from dataclasses import replace
import pytest
from argon2 import PasswordHasher
from app.auth.passwords import Passwords
from app.permissions import Role
from app.rest.door import RestDoor
from tests.rest import fuzzing
from tests.rest.live import live
pytestmark = pytest.mark.parametrize("migrated", ["sqlite"], indirect=True)
@pytest.fixture
def resources(resources):
    resources = replace(resources, passwords=Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)))
    yield resources
    resources.passwords.close()
def doc(application, version):
    door = next(r.endpoint for r in application.routes if isinstance(getattr(r,"endpoint",None), RestDoor))
    d = door.dialects[version]; paths={}
    media=d.media_type
    for plan in d.plans:
        r=plan.route
        op={"operationId":f"{r.method}{r.path}","responses":{"default":{"description":"x"}},"parameters":[{"name":n,"in":"path","required":True,"schema":{"type":"string","minLength":1}} for n in plan.names_of_path]+[{"name":n,"in":"query","schema":{"type":"string"}} for n in d.parameters(plan)]}
        if r.method in ("POST","PUT","PATCH"):
            op["requestBody"]={"content":{media:{"schema":{"type":"object"}}}}
        paths.setdefault(f"/api/{version}{r.path}",{})[r.method.lower()]=op
    print("ops", sum(map(len,paths.values())))
    return {"openapi":"3.1.0","info":{"title":"x","version":"1"},"paths":paths}
@pytest.mark.timeout(600)
@pytest.mark.parametrize("known",[{"phases":{"coverage":{"enabled":True},"fuzzing":{"enabled":False},"stateful":{"enabled":False}}},{"phases":{"coverage":{"enabled":False},"fuzzing":{"enabled":True},"stateful":{"enabled":False}}}])
async def test_x(application, signed, known, monkeypatch):
    checks={n:{"enabled":False} for n in ("negative_data_rejection","positive_data_acceptance","missing_required_header","unsupported_method","content_type_conformance","allow_header_conformance")}
    monkeypatch.setattr(fuzzing,"KNOWN",{**fuzzing.KNOWN,**known,"checks":checks})
    n=0
    async def counted(s,r,w):
        nonlocal n; n+=1
        await application(s,r,w)
    h=await signed(Role.ADMIN); t=time.time()
    async with live(counted) as address:
        f=await asyncio.to_thread(fuzzing.findings, doc(application,"v2"), address, h)
    print("TOOK",time.time()-t,n,len(f))
    for x in f[:12]: print("--",x[:500])
