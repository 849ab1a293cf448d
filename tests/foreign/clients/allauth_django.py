"""django-allauth's own provider for Amazon, in the smallest Django site."""
import os
import tempfile

import django
from django.conf import settings
from django.core.management import call_command
from django.http import JsonResponse
from django.urls import include, path

amazon, port = os.environ["AMAZON"], os.environ["PORT"]
settings.configure(
    DEBUG=True, SECRET_KEY=os.urandom(16).hex(), ROOT_URLCONF=__name__, ALLOWED_HOSTS=["*"], SITE_ID=1,
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": f"{tempfile.mkdtemp()}/site.db"}},
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions",
                    "django.contrib.messages", "allauth", "allauth.account", "allauth.socialaccount",
                    "allauth.socialaccount.providers.amazon"],
    MIDDLEWARE=["django.contrib.sessions.middleware.SessionMiddleware",
                "django.contrib.auth.middleware.AuthenticationMiddleware",
                "django.contrib.messages.middleware.MessageMiddleware",
                "allauth.account.middleware.AccountMiddleware"],
    TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True, "OPTIONS": {
        "context_processors": ["django.template.context_processors.request",
                               "django.contrib.auth.context_processors.auth",
                               "django.contrib.messages.context_processors.messages"]}}],
    AUTHENTICATION_BACKENDS=["allauth.account.auth_backends.AuthenticationBackend"],
    SOCIALACCOUNT_PROVIDERS={"amazon": {"APPS": [
        {"client_id": os.environ["CLIENT_ID"], "secret": os.environ["CLIENT_SECRET"], "key": ""}]}},
    SOCIALACCOUNT_LOGIN_ON_GET=True, ACCOUNT_EMAIL_VERIFICATION="none", LOGIN_REDIRECT_URL="/who",
    EMAIL_BACKEND="django.core.mail.backends.dummy.EmailBackend")
django.setup()

from allauth.socialaccount.models import SocialAccount  # noqa: E402
from allauth.socialaccount.providers.amazon.views import AmazonOAuth2Adapter  # noqa: E402

AmazonOAuth2Adapter.access_token_url = f"{amazon}/auth/o2/token"
AmazonOAuth2Adapter.authorize_url = f"{amazon}/ap/oa"
AmazonOAuth2Adapter.profile_url = f"{amazon}/user/profile"


def who(request):
    account = SocialAccount.objects.get(user=request.user)
    return JsonResponse({"user_id": account.uid, **account.extra_data})


urlpatterns = [path("auth/", include("allauth.urls")), path("who", who)]
call_command("migrate", verbosity=0)
call_command("runserver", f"127.0.0.1:{port}", use_reloader=False)
